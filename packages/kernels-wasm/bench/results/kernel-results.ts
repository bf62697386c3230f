/** The content of bench/results/kernels.json, merged from the rows that single processes print. */
import type { Row } from '../report.ts'

/** The rows of one process, and the load of the machine at its beginning. */
export interface ProcessResult {
  readonly engine: string
  readonly flags: readonly string[]
  readonly load: number
  readonly rows: readonly Row[]
}

export interface ResultRow extends Row {
  /** Ratio of each process. */
  readonly ratios: readonly (number | null)[]
}

export interface ResultTable {
  readonly engine: string
  readonly flags: readonly string[]
  /** Smallest and largest load of the machine at the beginning of a process. */
  readonly loads: readonly [number, number]
  readonly rows: readonly ResultRow[]
}

export interface Machine {
  readonly processor: string
  readonly processors: number
  /** Instruction sets of the processor that matter to native rivals. Empty if the system does not report them. */
  readonly extensions: readonly string[]
}

export interface KernelResults {
  readonly command: string
  readonly date: string
  readonly machine: Machine
  /** Number of processes per engine and section. */
  readonly processes: number
  readonly tables: readonly ResultTable[]
}

/** `Node v20.20.2, V8 11.3...` as `Node 20, strict SIMD`. */
export function engineName({ engine, flags }: ResultTable): string {
  return `${engine.replace(/^Node v(\d+).*/, 'Node $1')}, ${flags.find((flag) => flag.endsWith('SIMD'))}`
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}

/** The medians over processes of each row. A ratio needs every process verified. */
function mergeRows(processes: readonly ProcessResult[]): ResultRow[] {
  return processes[0].rows.map((row, index) => {
    const same = processes.map(({ rows }) => rows[index])
    const ratios = same.map(({ ratio }) => ratio)
    const verified = same.every((each) => each.verified)
    return {
      ...row,
      oursMs: median(same.map(({ oursMs }) => oursMs)),
      peerMs: median(same.map(({ peerMs }) => peerMs)),
      ratio: verified ? median(ratios.map(Number)) : null,
      ratios,
      verified,
    }
  })
}

/** @param sections For each section, all processes on one engine. */
export function mergeProcesses(sections: readonly (readonly ProcessResult[])[]): ResultTable {
  const loads = sections.flat().map(({ load }) => load)
  const [{ engine, flags }] = sections[0]
  return { engine, flags, loads: [Math.min(...loads), Math.max(...loads)], rows: sections.flatMap(mergeRows) }
}
