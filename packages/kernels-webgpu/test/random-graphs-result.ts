/** The contents of test/random-graphs.json: comparisons with the reference. scripts/random-graphs.ts writes it. */
export interface RandomGraphs {
  readonly command: string
  readonly parts: readonly {
    /** Engine, and the version of its WebGPU. */
    readonly engine: string
    readonly adapter: string
    readonly arithmetic: 'plain' | 'guarded'
    /** Graph number i was drawn from `seed + i`. */
    readonly seed: number
    readonly graphs: number
    /** Graphs with all outputs equal to the reference's, bit for bit. */
    readonly equal: number
    /** Graphs that meet subnormal numbers, which a device may take for 0. */
    readonly leftOut: number
  }[]
}
