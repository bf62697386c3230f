/** `onebit summary`: what a network is made of and what it costs. */
import { type Cost, costOf, formatShape, type GraphInput } from '@onebit/core'
import type { Command } from 'commander'
import { finishCommand, type Host, imageShape, integer } from '../command.ts'
import { formatBytes, formatCount, formatLarge } from '../format.ts'
import { type OpenedGraph, openGraph } from '../open-graph.ts'
import type { Shell } from '../shell.ts'
import { makeTable } from '../table.ts'

export interface SummaryOptions {
  /** A model file, a run folder, a recipe or a network's name. */
  readonly source: string
  /** `[height, width, channels]`, for a recipe or a name. */
  readonly input?: readonly [number, number, number]
  /** For a recipe or a name. */
  readonly classes?: number
}

export interface Summary extends Cost {
  readonly source: string
  readonly from: OpenedGraph['from']
  readonly inputs: readonly GraphInput[]
}

/**
 * @throws UsageError if the source is nothing of the kind; RecipeError, RunError, ModelFormatError, FileError.
 */
export async function summarize({ source, input, classes }: SummaryOptions): Promise<Summary> {
  const { defaultRegistry } = await import('../registry.ts')
  const { graph, from } = await openGraph(source, defaultRegistry(), { input, classes })
  return { source, from, inputs: graph.inputs, ...costOf(graph) }
}

const optional = (count: number): string => (count === 0 ? '' : formatLarge(count))

function nodeTable({ nodes, total }: Summary, all: boolean, shell: Shell): string {
  const head = ['layer', 'op', 'output', 'bits', '1-bit', 'real', 'BOPs', 'FLOPs', 'memory']
  const table = makeTable(shell, head, [4, 5, 6, 7, 8])
  const { bold, dim, green } = shell.colors
  for (const node of nodes) {
    const { binary, real } = node.parameters
    if (!all && node.weightPrecision === 0) continue
    const bits = node.weightPrecision === 0 ? '' : `${node.inputPrecision} x ${node.weightPrecision}`
    table.push([
      node.node,
      node.op,
      dim(formatShape(node.outputShape)),
      bits === '1 x 1' ? green(bits) : bits,
      optional(binary),
      optional(real),
      optional(node.bops),
      optional(node.flops),
      node.memoryBits === 0 ? '' : formatBytes(node.memoryBits / 8),
    ])
  }
  const { parameters, bops, flops, memoryBits } = total
  const sums = [
    formatLarge(parameters.binary),
    formatLarge(parameters.real),
    formatLarge(bops),
    formatLarge(flops),
    formatBytes(memoryBits / 8),
  ]
  table.push([all ? 'total' : 'total, all ops', '', '', '', ...sums].map((cell) => bold(cell)))
  return table.toString()
}

function print(summary: Summary, all: boolean, shell: Shell): void {
  const { total, inputs, nodes } = summary
  shell.print(`${shell.colors.bold(summary.source)}  input ${inputs.map(({ shape }) => formatShape(shape)).join(', ')}`)
  shell.print(nodeTable(summary, all, shell))
  const floatBytes = total.floatMemoryBits / 8
  shell.print()
  const lines = [
    ['parameters', `${formatCount(total.parameters.binary)} of 1 bit, ${formatCount(total.parameters.real)} real`],
    [
      'memory',
      `${formatBytes(total.memoryBits / 8)}, ${total.compression.toFixed(1)}x smaller than float32 (${formatBytes(floatBytes)})`,
    ],
    ['file', formatBytes(total.fileBytes)],
    [
      'operations',
      `${formatLarge(total.ops)} OPs = FLOPs + BOPs / 64, ${(total.floatOps / total.ops).toFixed(1)}x fewer than float32 (${formatLarge(total.floatOps)})`,
    ],
    ['activations', `${formatBytes(total.peakActivationBytes)} at most at once`],
  ]
  for (const [name, value] of lines) shell.print(`${name.padEnd(12)}${value}`)
  const hidden = nodes.filter(({ weightPrecision }) => weightPrecision === 0).length
  if (!all && hidden > 0) shell.print(shell.colors.dim(`${hidden} ops without weights are not shown; --all shows them.`))
}

export function addSummary(program: Command, host: Host): void {
  const command = program
    .command('summary')
    .description('show layers, parameters, operations and memory of a network')
    .argument('<source>', 'a model file, a run folder, a recipe or a network name')
    .option('--input <shape>', 'for a recipe or a name: HEIGHTxWIDTHxCHANNELS (default: that of the data set)', imageShape)
    .option('--classes <number>', 'for a recipe or a name (default: those of the data set)', integer(2))
    .option('--all', 'show ops without weights too')
  let all = false
  finishCommand<Summary>(command, host, {
    examples: ['summary first.safetensors', 'summary resnet18 --input 224x224x3 --classes 1000', 'summary resnet-small:width=64'],
    notes: `BOPs are multiply-accumulates of two bits; FLOPs are all other multiply-accumulates and real multiplications.
'bits' is input x weight precision; '1-bit' and 'real' count parameters. Everything counts for one image.`,
    run: ([source], flags: Omit<SummaryOptions, 'source'> & { all?: boolean }) => {
      all = flags.all ?? false
      return summarize({ source, input: flags.input, classes: flags.classes })
    },
    print: (summary, shell) => print(summary, all, shell),
  })
}
