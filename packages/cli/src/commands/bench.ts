/** `onebit bench`: times a frozen file on several backends, in turn and in one process. */
import {
  checkArgument,
  checkOptions,
  elementCount,
  type Graph,
  readModelFile,
  reference,
  rules,
  type ValueRules,
} from '@onebit/core'
import type { Command } from 'commander'
import * as argument from '../argument-rules.ts'
import { DEFAULT_BACKEND } from '../backends.ts'
import { backendContender, type Contender, RIVALS, rivalContender } from '../bench/contenders.ts'
import { type Ratio, type Timing, type Verification, verifiedRatios, verify } from '../bench/verify.ts'
import { finishCommand, type Host, integer } from '../command.ts'
import { InterruptedError } from '../errors.ts'
import { formatMilliseconds } from '../format.ts'
import { runtimeRegistry } from '../plugins/runtime-registry.ts'
import { progressOf } from '../progress.ts'
import { splitReferences } from '../references.ts'
import { Shell } from '../shell.ts'
import { type Column, printTable } from '../table.ts'

export interface BenchFileOptions {
  readonly file: string
  /** Names, or `wasm:threads=auto`. The first is the base of the ratios. Default: wasm. */
  readonly backends?: readonly string[]
  readonly against?: readonly string[]
  /** Number of timed runs of each contender. Default: 30. */
  readonly runs?: number
  /** Number of images in a run. Default: 1. */
  readonly batch?: number
  /** Packages, paths or URLs of plugin modules. */
  readonly plugins?: readonly string[]
}

export interface BenchFileResult {
  readonly file: string
  readonly batch: number
  readonly runs: number
  readonly node: string
  readonly platform: string
  /** Flags of the Node process. */
  readonly flags: readonly string[]
  readonly verifications: readonly Verification[]
  readonly timings: readonly Timing[]
  /** The time of each other contender divided by that of the first, or null if an answer was not verified. */
  readonly ratios: readonly Ratio[]
}

const OPTIONS: ValueRules<keyof BenchFileOptions> = {
  file: argument.filledText,
  backends: argument.names,
  against: argument.names,
  runs: rules.integer({ minimum: 1 }),
  batch: rules.integer({ minimum: 1, maximum: 65_536 }),
  plugins: argument.names,
}

/** Engines compile code that runs often, so each contender warms up for this long. The runs are bounded, because a clock may stand still. */
const WARM_UP = { milliseconds: 300, leastRuns: 3, mostRuns: 10_000 }

/** Values in the range of normalized pixels, the same every time. */
function makeInputs({ inputs }: Graph, batch: number): Record<string, Float32Array> {
  let state = 1
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return (state / 2_147_483_647 - 0.5) * 4
  }
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [name, Float32Array.from({ length: batch * elementCount(shape) }, next)]),
  )
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Lets Ctrl-C in, because a run never yields. */
async function listen({ signal }: Shell): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  if (signal.aborted) throw new InterruptedError({ what: 'Interrupted; too few runs for a result.' })
}

async function warmUp(contender: Contender, inputs: Record<string, Float32Array>, shell: Shell): Promise<void> {
  const began = performance.now()
  for (let run = 0; run < WARM_UP.mostRuns; run++) {
    if (run >= WARM_UP.leastRuns && !(performance.now() - began < WARM_UP.milliseconds)) return
    await listen(shell)
    await contender.run(inputs)
  }
}

/** Times one run of each contender in turn, so that a slowdown of the machine affects all of them. */
async function time(
  contenders: readonly Contender[],
  inputs: Record<string, Float32Array>,
  runs: number,
  shell: Shell,
): Promise<Timing[]> {
  const times = contenders.map((): number[] => [])
  const progress = progressOf(shell, 'runs', runs)
  try {
    for (const contender of contenders) await warmUp(contender, inputs, shell)
    for (let run = 0; run < runs; run++) {
      for (const [index, contender] of contenders.entries()) {
        await listen(shell)
        const began = performance.now()
        await contender.run(inputs)
        times[index].push(performance.now() - began)
      }
      progress.update(run + 1)
    }
  } finally {
    progress.stop()
  }
  return contenders.map(({ name, description }, index) => ({
    name,
    description,
    medianMilliseconds: median(times[index]),
    minimumMilliseconds: Math.min(...times[index]),
  }))
}

/**
 * @throws ModelFormatError, FileError, UsageError on an unknown backend or rival; InterruptedError once `shell.signal` is aborted.
 */
export async function benchFile(options: BenchFileOptions, shell = new Shell()): Promise<BenchFileResult> {
  checkArgument('benchFile()', 'shell', shell, argument.shell)
  const given = checkOptions('benchFile()', options, OPTIONS, ['file'])
  const { file, backends = [DEFAULT_BACKEND], against = [], runs = 30, batch = 1, plugins } = given
  const [graph, registry] = await Promise.all([readModelFile(file), runtimeRegistry(plugins)])
  const inputs = makeInputs(graph, batch)
  const contenders: Contender[] = []
  try {
    for (const name of backends) contenders.push(await backendContender(registry, name, graph, shell))
    for (const name of against) contenders.push(await rivalContender(name, graph))
    shell.note('comparing answers with the reference')
    const expected = await (await reference.compile(graph)).run(inputs)
    const verifications: Verification[] = []
    for (const contender of contenders) verifications.push(await verify(contender, inputs, expected))
    const timings = await time(contenders, inputs, runs, shell)
    const ratios = verifiedRatios(timings, verifications)
    const { version: node, platform, arch, execArgv: flags } = process
    return { file, batch, runs, node, platform: `${platform} ${arch}`, flags, verifications, timings, ratios }
  } finally {
    for (const contender of contenders) contender.dispose()
  }
}

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'median', align: 'right' },
  { title: 'fastest', align: 'right', leaveOut: 1 },
  { title: 'answer' },
  { title: 'ratio', align: 'right' },
  { title: 'engine', leaveOut: 2 },
]

function print(result: BenchFileResult, shell: Shell): void {
  const { bold, green, red } = shell.colors
  const rows = result.timings.map((timing) => {
    const { verified, difference } = result.verifications.find(({ name }) => name === timing.name)!
    const exact = difference === 0 ? 'exact' : `within ${difference.toExponential(1)}`
    const { ratio = 1 } = result.ratios.find(({ of }) => of === timing.name) ?? {}
    return [
      bold(timing.name),
      formatMilliseconds(timing.medianMilliseconds),
      formatMilliseconds(timing.minimumMilliseconds),
      verified ? green(exact) : red(`differs by ${difference.toExponential(1)}`),
      ratio === null ? 'refused' : `${ratio.toFixed(2)}x`,
      timing.description,
    ]
  })
  printTable(shell, COLUMNS, rows)
  const flags = result.flags.length > 0 ? `, flags ${result.flags.join(' ')}` : ', no flags'
  shell.print(`batch ${result.batch}, ${result.runs} interleaved runs, Node ${result.node} on ${result.platform}${flags}`)
  if (result.ratios.some(({ ratio }) => ratio === null))
    shell.print('A contender without a verified answer, or beside one of 0 ms, has no ratio.')
}

const list = (text: string): string[] => text.split(',').filter((name) => name !== '')

type Flags = Omit<BenchFileOptions, 'file' | 'backends'> & { readonly backend?: readonly string[] }

export async function addBench(command: Command, host: Host): Promise<void> {
  const backends = (await runtimeRegistry())
    .list('backend')
    .map(({ name }) => name)
    .join(', ')
  command
    .argument('<file>', 'a file that `onebit freeze` wrote; a path or an address')
    .option('--backend <names>', `${backends}; several separated by commas (default: ${DEFAULT_BACKEND})`, splitReferences)
    .option('--against <names>', `float rivals with the same topology: ${RIVALS.join(', ')}`, list)
    .option('--runs <number>', 'timed runs of each contender', integer(1), 30)
    .option('--batch <images>', 'images in a run', integer(1), 1)
  finishCommand(command, host, {
    examples: [
      'bench first.safetensors --backend wasm,wasm:threads=2,reference',
      'bench first.safetensors --against tfjs-wasm,onnxruntime-node',
    ],
    notes: `onnxruntime-web and onnxruntime-node do not come with this command: install those that you want to compare with. Everything runs on one thread, unless a backend's options say otherwise.
Answers are compared with the plain-loop reference first. If they differ, there is no ratio. Onebit's backends must agree exactly, rivals within 0.1 % of the largest output.`,
    interruptible: true,
    run: ([file], { backend, ...flags }: Flags, shell) => benchFile({ ...flags, file, backends: backend }, shell),
    print,
  })
}
