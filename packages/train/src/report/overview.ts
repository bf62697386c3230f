/** Describes a run in words: the kind of network, warnings, results, engine, and how to run it again. */
import type { JsonValue } from '@onebit/core'
import type { MetricValues } from '../events.ts'
import type { RunRecord } from '../run-record.ts'
import { epochsOf, partialNote } from './epochs.ts'
import { escapeHtml } from './html.ts'
import { showMetric, showSeconds } from './numbers.ts'
import type { Linked, ReportSection } from './tables.ts'

const ENGINES: Readonly<Record<string, string>> = {
  node: 'native TensorFlow, on the processor',
  webgpu: 'WebGPU, on the graphics processor',
  wasm: 'WebAssembly, on the processor',
  cpu: 'plain JavaScript, on the processor',
}

const engineName = ({ engine }: RunRecord): string => engine.split(':')[0]

/** `WebAssembly, on the processor, 4 threads`. */
function describeEngine(run: RunRecord): string {
  const name = engineName(run)
  const threads = / on (\d+) threads/.exec(run.engine)?.[1]
  return `${ENGINES[name] ?? name}${threads ? `, on ${threads} threads` : ''}`
}

/** One sentence that says what the network is and how many layers are binary. It says "one-bit" only of layers that are. */
export function lead(run: RunRecord): string {
  const last = epochsOf(run).at(-1)
  const layers = Object.values(last?.layers ?? {})
  const weights = Object.keys(last?.flipRatio ?? {}).length
  const activations = layers.filter(({ signEntropy }) => signEntropy !== undefined).length
  const count = (layersCounted: number): string => `${layersCounted} ${layersCounted === 1 ? 'layer' : 'layers'}`
  if (weights > 0 && activations > 0)
    return `A one-bit network: ${count(weights)} with one-bit weights, ${count(activations)} with binary activations; the others are real.`
  if (weights > 0) return `A network with one-bit weights in ${count(weights)}; its activations are real.`
  if (activations > 0) return `A network with binary activations in ${count(activations)}; its weights are real.`
  return last ? 'A network of real numbers. None of its layers is binary.' : 'A network that has not finished its first epoch.'
}

/** Facts that a reader needs before any number. */
export function notices(run: RunRecord): string {
  const { interrupted, options, epochs, warnings = [] } = run
  const parts: string[] = []
  if (interrupted) {
    const whole = `${epochs.length} of ${options.epochs} planned epochs ${epochs.length === 1 ? 'is' : 'are'} whole`
    const rest = partialNote(run).replace('* Epoch', ' Epoch')
    parts.push(
      `<p><strong>This run was interrupted:</strong> ${whole}.${rest} All numbers describe the model at that time. <code>onebit train --resume</code> with the run's folder continues it.</p>`,
    )
  }
  if (warnings.length > 0) {
    const list = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`).join('')
    parts.push(
      `<p><strong>${warnings.length === 1 ? 'A warning' : `${warnings.length} warnings`} of this run:</strong></p><ul>${list}</ul>`,
    )
  }
  return parts.length === 0 ? '' : `<div class="warnings" role="note">${parts.join('')}</div>`
}

/** The metrics with their meaning. */
export function results(run: RunRecord, linked: Linked): string {
  const { metrics, evaluated, test, partial, epochs } = run
  const values: MetricValues = test ?? partial?.evaluation ?? epochs.at(-1)?.evaluation ?? {}
  const part = test ? 'test' : evaluated
  const cards = metrics.map(({ name, unit, better, description }) => {
    const value = `<dd class="value">${showMetric({ unit }, values[name])}</dd>`
    const sentence = `${description} ${better === 'higher' ? 'Higher' : 'Lower'} is better. Measured on the ${part} pictures.`
    return `<div><dt>${linked(`${part} ${name}`)}</dt>${value}<dd class="meaning">${linked(sentence)}</dd></div>`
  })
  return `<dl class="metrics">${cards.join('')}</dl>`
}

function describeEpochs({ epochs, options, interrupted, partial }: RunRecord): string {
  if (epochs.length === options.epochs) return `${epochs.length}`
  const end = interrupted ? 'interrupted' : 'stopped early'
  return `${epochs.length} of ${options.epochs}${partial ? ` and ${partial.steps} steps` : ''} (${end})`
}

export function trainingFacts(run: RunRecord): ReportSection {
  const { data, task, seconds, options } = run
  const last = epochsOf(run).at(-1)
  const facts: [string, string][] = [
    ['data set', data],
    ['task', task],
    ['epochs', describeEpochs(run)],
    ['training time', showSeconds(seconds)],
    ['training speed', last ? `${last.imagesPerSecond.toFixed(0)} pictures per second` : '-'],
    ['engine', describeEngine(run)],
    ...(options.batchSize === undefined ? [] : [['pictures in a step', `${options.batchSize}`] as [string, string]]),
    ...(options.seed === undefined ? [] : [['seed', `${options.seed}`] as [string, string]]),
  ]
  return { title: 'Training', columns: facts.map(([name]) => name), rows: [facts.map(([, value]) => value)] }
}

/** The run's full line about its engine, which says why it was chosen. */
export const engineDetails = ({ engine }: RunRecord): string =>
  engine.includes(':') ? `<details><summary>Why this engine</summary><p>${escapeHtml(engine)}</p></details>` : ''

/** A table of the stages, if there are several. */
export function stageTable({ stages, epochs, metrics: [headline], evaluated }: RunRecord): ReportSection | undefined {
  if (stages.length < 2) return undefined
  const text = (value: JsonValue | undefined): string => {
    const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value
    return name === undefined || name === null ? '-' : String(name)
  }
  const rows = stages.map(({ name, binary, epochs: planned, optimizer, learningRate, weightDecay }) => {
    const last = epochs.filter(({ stage }) => stage === name).at(-1)
    const settings = [binary, planned, optimizer, learningRate, weightDecay].map(text)
    return [name, ...settings, showMetric(headline, last?.evaluation[headline.name])]
  })
  const columns = ['stage', 'binary', 'epochs', 'optimizer', 'learning rate', 'weight decay', `${evaluated} ${headline.name}`]
  return { title: 'Stages', columns, rows }
}

/** The command and the recipe that repeat this run. Empty if a program composed the model. */
export function reproduction(run: RunRecord): string {
  if (!run.recipe) return ''
  const command = `onebit train recipe.json --out runs/again --engine ${engineName(run)}`
  return `<pre>${escapeHtml(command)}</pre><pre>${escapeHtml(JSON.stringify(run.recipe, null, 2))}</pre>`
}
