/** Parts of shaders that several kernels have in common. */

/** What the compilers of a device do to float32. */
export interface Arithmetic {
  /** Whether they may fuse products with sums. */
  readonly fusesProducts: boolean
}

/** WGSL that several kernels use. */
export interface Piece {
  /** Pieces whose functions it calls. */
  readonly needs?: readonly Piece[]
  /** Whether its code reads `zero`, a word that no compiler knows to be 0. */
  usesZero?(arithmetic: Arithmetic): boolean
  code(arithmetic: Arithmetic): string
}
