/** The contents of bench/results/webgpu.json. */

/** One engine on one network. */
export interface ContenderResult {
  /** Package, version, backend and number format. */
  readonly name: string
  /** Compute passes of one run. Without any, nothing ran on the device. */
  readonly passes: number
  /** Largest difference from kernels-webgpu's answer, relative to its largest output. Null if there is no answer. */
  readonly difference: number | null
  /** Milliseconds of each round, from the call to the answer in JavaScript. */
  readonly wall: readonly number[]
  /** Milliseconds on the device in each round, by timestamp queries, over all compute passes. Null if they were not timed. */
  readonly device: readonly number[] | null
  readonly medianMs: number
  readonly medianDeviceMs: number | null
  /** The reason if it did not run. */
  readonly error?: string
}

export interface NetworkResult {
  readonly network: string
  /** `[height, width, channels]` */
  readonly input: readonly number[]
  readonly date: string
  /** Load of the machine, over a minute, at the start of the network's turn. */
  readonly load: number
  /** Rounds in which every contender ran once, in turn. */
  readonly rounds: number
  /** Results of all engines, ours first. */
  readonly contenders: readonly ContenderResult[]
  /** Wall time of the float twin through tfjs-backend-webgpu divided by ours. Null if either has no time. */
  readonly timesFasterThanTwin: number | null
}

export interface Adapter {
  readonly name: string
  readonly features: readonly string[]
  readonly wgslLanguageFeatures: readonly string[]
}

export interface WebgpuResults {
  readonly command: string
  readonly engine: string
  readonly flags: readonly string[]
  readonly adapter: Adapter
  readonly machine: { readonly processor: string; readonly processors: number }
  readonly networks: readonly NetworkResult[]
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
