/** The page `docs/quantizers/README.md`: every quantizer with its plot and its result in the benchmark. */
import { readFileSync } from 'node:fs'
import type { OptionRule, Quantizer } from '@onebit/core'
import quantizers from '../src/index.ts'

interface Row {
  readonly quantizer: string
  readonly target: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly training?: Readonly<Record<string, unknown>>
  readonly accuracy: number
  readonly agreement: number
}

const NAMES = { activation: 'activations', weight: 'weights' } as const

function describeOption([name, rule]: [string, OptionRule]): string {
  const choices = 'values' in rule ? ` (${rule.values.join(', ')})` : ''
  return `- \`${name}\` = ${rule.default}${choices}: ${rule.description}`
}

function describeResult({ target, options, training, accuracy, agreement }: Row): string {
  const changes = Object.entries({ ...options, ...training }).map(([name, value]) => `\`${name}\` ${value}`)
  const given = changes.length > 0 ? ` (${changes.join(', ')})` : ''
  const side = NAMES[target as keyof typeof NAMES]
  return `${(100 * accuracy).toFixed(1)} % on ${side}${given}, the frozen file agrees on ${(100 * agreement).toFixed(1)} % of the labels`
}

function section({ name, for: targets, thresholds = 'one', paper, options }: Quantizer, rows: readonly Row[]): string {
  const sides = targets.map((target) => NAMES[target]).join(' and ')
  const form = thresholds === 'one' ? 'one threshold per channel' : 'several thresholds per channel'
  const source = paper
    ? `${paper.authors}: ${paper.title} (${paper.year}), [arXiv ${paper.arxiv}](https://arxiv.org/abs/${paper.arxiv}).`
    : 'Not from a paper.'
  const results = rows.filter(({ quantizer }) => quantizer === name).map(describeResult)
  return [
    `## ${name}`,
    `For ${sides}; freezes to ${form}. ${source} Formulas: [${name}.ts](../../packages/quantizers/src/${name}.ts).`,
    ...(Object.keys(options).length > 0 ? [Object.entries(options).map(describeOption).join('\n')] : []),
    `![forward and pseudo-gradient of ${name}](${name}.svg)`,
    ...(results.length > 0 ? [`Two epochs: ${results.join('; ')}.`] : []),
  ].join('\n\n')
}

export function gallery(): string {
  const file = new URL('../../../bench/results/quantizers.json', import.meta.url)
  const { command, network, training, partner, rows } = JSON.parse(readFileSync(file, 'utf8'))
  const introduction = `\`node packages/quantizers/scripts/plots.mjs\` writes this page, and a test keeps it up to date. The figures come from
\`${command}\`: ${network.name} with width ${network.width}, ${training.epochs} epochs of 10,000 images in batches of ${training.batchSize}, learning rate ${training.learningRate}.
The other side has ${partner.activation} activations or ${partner.weight} weights. The accuracy is that of the frozen file on the WebAssembly
kernels, on 2,000 test images. Two epochs show that a technique learns. They do not show which technique is best.`
  return `# Quantizers\n\n${introduction}\n\n${quantizers.map((plugin) => section(plugin, rows)).join('\n\n')}\n`
}
