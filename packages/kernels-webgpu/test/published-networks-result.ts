/** The contents of test/published-networks.json: comparisons with kernels-wasm. scripts/published-networks.ts writes it. */
import type { NetworkComparison } from './published-cases.ts'

export interface ComparedNetwork extends NetworkComparison {
  readonly name: string
  /** `[height, width, channels]` */
  readonly input: readonly number[]
  /** Seed of the weights and of the images. */
  readonly seed: number
  /** Seconds of one run on the adapter and one on kernels-wasm, with compiling. */
  readonly seconds: number
}

export interface PublishedNetworks {
  readonly command: string
  readonly engine: string
  readonly adapter: string
  readonly arithmetic: 'guarded'
  readonly networks: readonly ComparedNetwork[]
}
