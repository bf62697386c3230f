/** Parts of shaders that several kernels share. */

/** Extensions of WGSL that kernels use if the device has them: see docs/kernels-webgpu.md. */
export type Extension = 'subgroups' | 'float16' | 'packed-dots'

/** The effect of a device's compilers on float32, and their extensions. */
export interface Arithmetic {
  /** True if they may fuse products with sums. */
  readonly fusesProducts: boolean
  /** Default: none. */
  readonly extensions?: ReadonlySet<Extension>
}

/** WGSL that several kernels use. */
export interface Piece {
  /** Pieces with the functions that it calls. */
  readonly needs?: readonly Piece[]
  /** True if its code reads `zero`. No compiler knows that this word is 0. */
  usesZero?(arithmetic: Arithmetic): boolean
  /** The extension that its code uses, if the device has it. */
  readonly extension?: Extension
  code(arithmetic: Arithmetic): string
}

/** True if shaders may use an extension. */
export function has({ extensions }: Arithmetic, extension: Extension): boolean {
  return extensions?.has(extension) ?? false
}
