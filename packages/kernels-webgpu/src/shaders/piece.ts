/** Parts of shaders that several kernels have in common. */

/** What a device may have beyond the core of WGSL, and kernels use: see docs/kernels-webgpu.md. */
export type Extension = 'subgroups' | 'float16' | 'packed-dots'

/** What the compilers of a device do to float32, and what else they know. */
export interface Arithmetic {
  /** Whether they may fuse products with sums. */
  readonly fusesProducts: boolean
  /** Default: none. */
  readonly extensions?: ReadonlySet<Extension>
}

/** WGSL that several kernels use. */
export interface Piece {
  /** Pieces whose functions it calls. */
  readonly needs?: readonly Piece[]
  /** Whether its code reads `zero`, a word that no compiler knows to be 0. */
  usesZero?(arithmetic: Arithmetic): boolean
  /** The extension that its code uses, if the device has it. */
  readonly extension?: Extension
  code(arithmetic: Arithmetic): string
}

/** Whether shaders may use an extension. */
export function has({ extensions }: Arithmetic, extension: Extension): boolean {
  return extensions?.has(extension) ?? false
}
