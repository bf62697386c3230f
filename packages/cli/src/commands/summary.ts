/** `onebit summary`: the layers of a network and their costs. */
import {
  CONVENTIONS,
  type Cost,
  checkOptions,
  compileGraph,
  convention,
  costOf,
  formatShape,
  type GraphInput,
  type PassedOver,
  rules,
  storedParameters,
  type Task,
  type TotalCost,
  type ValueRules,
} from '@onebit/core'
import { readPictureMetadata } from '@onebit/image'
import { type Command, Option } from 'commander'
import * as argument from '../argument-rules.ts'
import { backendNamed, DEFAULT_BACKEND, tellChoice } from '../backends.ts'
import { finishCommand, type Host, imageShape } from '../command.ts'
import { formatBytes, formatCount, formatLarge } from '../format.ts'
import { type OpenedGraph, type OpenOptions, openGraph, PUBLISHED_NAMES } from '../open-graph.ts'
import { parseReference } from '../references.ts'
import { defaultRegistry } from '../registry.ts'
import type { Shell } from '../shell.ts'
import { type Column, printTable } from '../table.ts'

/** `input`, `data` and `head` are only for a recipe or a name. */
export interface SummaryOptions extends OpenOptions {
  /** A model file, a run folder, a recipe or a network's name. */
  readonly source: string
  /** Convention for counting operations and parameters. Default: `standard`. */
  readonly convention?: string
  /** Backend whose kernels are named. Default: `wasm`. */
  readonly backend?: string
}

const OPTIONS: ValueRules<keyof SummaryOptions> = {
  source: argument.filledText,
  convention: argument.filledText,
  backend: argument.filledText,
  input: rules.list(rules.integer({ minimum: 1 }), { length: 3 }),
  data: argument.reference,
  head: argument.reference,
  plugins: argument.names,
}

/** The cost of an op, and its kernel. */
export type SummaryLayer = Cost['nodes'][number] & {
  /** The kernel's name, or `fused into NODE`. */
  readonly kernel: string
  /** The reason why the fastest kernel for this op does not run, if it does not. */
  readonly reason?: string
  /** The reason for this choice among several kernels. */
  readonly choice?: string
  /** Maximum number of samples that run at once, if more than one. */
  readonly samples?: number
}

export interface SummaryTotals extends Omit<TotalCost, 'parameters' | 'macs'> {
  /**
   * Number of parameters under the convention, which may count BatchNorm's statistics. For a file, the parameters in the file.
   */
  readonly parameters: number
  readonly binaryParameters: number
  readonly realParameters: number
  readonly macs: number
  readonly macsByPrecision: TotalCost['macs']
}

export interface Summary {
  readonly source: string
  readonly from: OpenedGraph['from']
  readonly inputs: readonly GraphInput[]
  readonly convention: string
  readonly backend: string
  /** Backends that `auto` tried before, and why they do not run this. */
  readonly passedOver: readonly PassedOver[]
  /** In execution order. */
  readonly layers: readonly SummaryLayer[]
  readonly totals: SummaryTotals
  /** Facts that a file or a run states beside its graph, as text. Empty for other sources. */
  readonly metadata: Readonly<Record<string, string>>
  /** A sentence about the facts that a file or a run states for its users. */
  readonly states?: string
}

function totalsOf({ total }: Cost, stored: ReturnType<typeof storedParameters> | undefined): SummaryTotals {
  const { binary, real } = total.parameters
  const { parameters, memoryBits, floatMemoryBits } = stored ?? { ...total, parameters: binary + real }
  return {
    ...total,
    parameters,
    binaryParameters: binary,
    realParameters: parameters - binary,
    memoryBits,
    floatMemoryBits,
    compression: floatMemoryBits / memoryBits,
    macs: total.macs.binary + total.macs.mixed + total.macs.real,
    macsByPrecision: total.macs,
  }
}

/** `17 joints` for a list with 17 entries; `skeleton` for any other fact. */
const describeFact = ([name, value]: [string, unknown]): string => (Array.isArray(value) ? `${value.length} ${name}` : name)

/**
 * Describes the facts that a file states for its users: its data set, its task's facts about the data, the scale of its inputs.
 */
async function describeMetadata(metadata: Summary['metadata'], tasks: readonly Task[]): Promise<string> {
  const { dataset, normalization } = readPictureMetadata(metadata)
  const task = tasks.find(({ name }) => name === metadata.task)
  const facts = task ? Object.entries((await task.runtime()).readMetadata(metadata)).map(describeFact) : []
  return [
    metadata.task === undefined ? 'no task' : `task ${metadata.task}`,
    dataset ?? 'no data set',
    ...facts,
    normalization ? 'a normalization' : 'no normalization',
  ].join(', ')
}

/**
 * @throws UsageError if the source is none of these; RecipeError, RunError, ModelFormatError, FileError.
 */
export async function summarize(options: SummaryOptions): Promise<Summary> {
  checkOptions('summarize()', options, OPTIONS, ['source'])
  const { source, convention: name = 'standard', backend: backendName = DEFAULT_BACKEND, ...open } = options
  const counting = convention(name)
  const { graph, from, parameters, registry } = await openGraph(source, open)
  const backend = await backendNamed(registry, backendName)
  const cost = costOf(graph, counting)
  const totals = totalsOf(cost, parameters && storedParameters(parameters, counting))
  const network = await compileGraph(graph, backend)
  const { backend: chosen, passedOver } = network
  const explanations = network.explain()
  network.dispose()
  const layers = cost.nodes.map((node, index): SummaryLayer => {
    const { kernel, reason, choice, samples } = explanations[index]
    return { ...node, kernel, reason, choice, samples }
  })
  const { inputs, metadata } = graph
  const states = from === 'file' || from === 'run' ? await describeMetadata(metadata, registry.list('task') as Task[]) : undefined
  return { source, from, inputs, convention: counting.name, backend: chosen, passedOver, layers, totals, metadata, states }
}

const optional = (count: number): string => (count === 0 ? '' : formatLarge(count))

const COLUMNS: readonly Column[] = [
  { title: 'layer' },
  { title: 'op', leaveOut: 5 },
  { title: 'output', leaveOut: 4 },
  { title: 'bits' },
  { title: '1-bit', align: 'right' },
  { title: 'real', align: 'right', leaveOut: 1 },
  { title: 'BOPs', align: 'right' },
  { title: 'FLOPs', align: 'right', leaveOut: 2 },
  { title: 'memory', align: 'right', leaveOut: 3 },
  { title: 'activations', align: 'right', leaveOut: 6 },
  { title: 'kernel', leaveOut: 7 },
]

function printNodes({ layers, totals }: Summary, all: boolean, shell: Shell): void {
  const rows: string[][] = []
  const { bold, dim, green } = shell.colors
  for (const node of layers) {
    const { binary, real } = node.parameters
    if (!all && node.weightPrecision === 0) continue
    const bits = node.weightPrecision === 0 ? '' : `${node.inputPrecision} x ${node.weightPrecision}`
    rows.push([
      node.node,
      node.op,
      dim(formatShape(node.outputShape)),
      bits === '1 x 1' ? green(bits) : bits,
      optional(binary),
      optional(real),
      optional(node.bops),
      optional(node.flops),
      node.memoryBits === 0 ? '' : formatBytes(node.memoryBits / 8),
      formatBytes(node.activationBytes),
      dim(node.reason ? `${node.kernel} *` : node.kernel),
    ])
  }
  const { binaryParameters, realParameters, bops, flops, memoryBits } = totals
  const sums = [
    formatLarge(binaryParameters),
    formatLarge(realParameters),
    formatLarge(bops),
    formatLarge(flops),
    formatBytes(memoryBits / 8),
    formatBytes(totals.activationBytes),
    '',
  ]
  rows.push([all ? 'total' : 'total, all ops', '', '', '', ...sums].map((cell) => cell && bold(cell)))
  printTable(shell, COLUMNS, rows)
}

/** The reasons why ops run on slower kernels, each once, with the layers concerned. */
function slowKernels(layers: readonly SummaryLayer[], all: boolean): string[] {
  const byReason = new Map<string, string[]>()
  for (const { node, reason, weightPrecision } of layers) {
    if (reason && (all || weightPrecision > 0)) byReason.set(reason, [...(byReason.get(reason) ?? []), node])
  }
  return Array.from(
    byReason,
    ([reason, nodes]) => `* ${nodes.length > 3 ? `${nodes.length} layers` : nodes.join(', ')}: ${reason}`,
  )
}

function print(summary: Summary, all: boolean, shell: Shell): void {
  const { totals, inputs, layers } = summary
  const counted = `counted as ${summary.convention}: ${convention(summary.convention).description}`
  shell.print(`${shell.colors.bold(summary.source)}  input ${inputs.map(({ shape }) => formatShape(shape)).join(', ')}`)
  printNodes(summary, all, shell)
  const memory = [totals.memoryBits, totals.floatMemoryBits].map((bits) => formatBytes(bits / 8))
  shell.print()
  const lines = [
    ['parameters', `${formatCount(totals.binaryParameters)} of 1 bit, ${formatCount(totals.realParameters)} real`],
    ['memory', `${memory[0]}, ${totals.compression.toFixed(1)}x smaller than float32 (${memory[1]})`],
    ['file', formatBytes(totals.fileBytes)],
    [
      'operations',
      `${formatLarge(totals.ops)} OPs = FLOPs + BOPs / 64, ${totals.speedup.toFixed(2)}x fewer than float32 (${formatLarge(totals.floatOps)})`,
    ],
    ['activations', `${formatBytes(totals.peakActivationBytes)} at peak`],
  ]
  if (summary.states !== undefined) lines.push(['states', summary.states])
  for (const [name, value] of lines) shell.printWrapped(`${name.padEnd(12)}${value}`, 12)
  for (const line of slowKernels(layers, all)) shell.printWrapped(line, 2)
  shell.printWrapped(counted, 0, shell.colors.dim)
  const hidden = layers.filter(({ weightPrecision }) => weightPrecision === 0).length
  if (!all && hidden > 0) shell.print(shell.colors.dim(`${hidden} ops without weights are not shown; --all shows them.`))
}

export function addSummary(command: Command, host: Host): void {
  const backends = defaultRegistry()
    .list('backend')
    .map(({ name }) => name)
    .join(', ')
  command
    .argument('<source>', 'a model file, a run folder, a recipe or a network name')
    .option('--input <shape>', 'for a recipe or a name: HEIGHTxWIDTHxCHANNELS (default: from the data set)', imageShape)
    .option('--data <name>', 'for a recipe or a name: the data set', parseReference)
    .option('--head <name>', "for a recipe or a name: the head, with options (default: the task's)", parseReference)
    .addOption(
      new Option('--convention <name>', 'convention for counting operations and parameters (default: standard)').choices(
        CONVENTIONS.map(({ name }) => name),
      ),
    )
    .option('--backend <name>', `backend whose kernels are named: ${backends} (default: ${DEFAULT_BACKEND})`)
    .option('--all', 'show ops without weights too')
  let all = false
  finishCommand(command, host, {
    examples: [
      'summary first.safetensors',
      'summary resnet18 --data imagenet',
      'summary resnet-small:width=64',
      'summary real-to-binary-18 --convention larq --json',
    ],
    notes: `Published networks have names: ${PUBLISHED_NAMES.join(', ')}.
'bits' is input x weight precision; '1-bit' and 'real' count parameters; 'activations' is the memory of the output at run time; 'kernel' is the kernel that runs the op. All numbers are for one image.`,
    run: ([source], { all: everything = false, ...flags }: Omit<SummaryOptions, 'source'> & { all?: boolean }) => {
      all = everything
      return summarize({ ...flags, source })
    },
    print: (summary, shell) => {
      tellChoice(summary, shell)
      print(summary, all, shell)
    },
  })
}
