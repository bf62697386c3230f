/** Memory that kernels read and write. */

/** Memory of a value. Buffers that live at different times share it. */
export interface Buffer {
  readonly kind: 'buffer'
  /** 32-bit words of one sample. */
  readonly words: number
}

/** Data that never changes: weights, thresholds, tables. */
export interface Constant {
  readonly kind: 'constant'
  readonly data: Float32Array | Int32Array | Uint32Array
}
