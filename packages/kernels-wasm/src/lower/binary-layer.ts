/** What the binary kernels need to know of a layer, be it a convolution, transposed or dense. */
import type { BinaryConvolutionAttributes, PaddingValue, TransposedConvolutionAttributes } from '@onebit/core'
import type { Geometry } from './geometry.ts'

export interface BinaryLayer {
  readonly geometry: Geometry
  /** Kernel height and width. */
  readonly window: readonly [number, number]
  readonly inputWidth: number
  readonly outputWidth: number
  /** Output height x width. */
  readonly pixels: number
  readonly groups: number
  readonly paddingValue: PaddingValue
  /** Set on a plain convolution, whose windows are evenly spaced. */
  readonly convolution?: BinaryConvolutionAttributes
  /** Set on a transposed convolution. */
  readonly transposed?: TransposedConvolutionAttributes
}
