/** The geometry of a layer for the binary kernels: of a convolution, a transposed convolution or a dense layer. */
import type { BinaryConvolutionAttributes, PaddingValue, TransposedConvolutionAttributes } from '@onebit/core'
import { type BinaryNode, convolutionGeometry, denseGeometry, type Geometry, transposedGeometry } from '@onebit/core/compile'
import { rowsOf } from '../program/value.ts'
import { type LoweringScope, requireTensor } from './lowering.ts'

export interface LayerGeometry {
  readonly geometry: Geometry
  /** Height and width of the window, in taps. */
  readonly window: readonly [number, number]
  readonly inputWidth: number
  readonly outputWidth: number
  /** Output height x width. */
  readonly pixels: number
  readonly groups: number
  readonly paddingValue: PaddingValue
  /** Set on a plain convolution. Its windows are evenly spaced. */
  readonly convolution?: BinaryConvolutionAttributes
  /** Set on a transposed convolution. */
  readonly transposed?: TransposedConvolutionAttributes
}

export function binaryGeometry(node: BinaryNode, context: LoweringScope): LayerGeometry {
  const input = context.inputs[0].shape
  const output = context.type.shape
  if (node.op === 'binaryDense') {
    const pixels = rowsOf(context.type)
    const geometry = denseGeometry(pixels)
    const sizes = { window: [1, 1], inputWidth: pixels, outputWidth: pixels, pixels, groups: 1 } as const
    return { geometry, ...sizes, paddingValue: 'zero' }
  }
  const [, height, width] = requireTensor(node, context, 'weights').shape
  const window = [height, width] as const
  const sizes = { window, inputWidth: input[1], outputWidth: output[1], pixels: output[0] * output[1] }
  if (node.op === 'binaryConv2dTranspose') {
    const geometry = transposedGeometry(input, output, window, node.attributes)
    return { geometry, ...sizes, groups: 1, paddingValue: 'zero', transposed: node.attributes }
  }
  const { groups, paddingValue } = node.attributes
  const geometry = convolutionGeometry(input, output, window, node.attributes)
  return { geometry, ...sizes, groups, paddingValue, convolution: node.attributes }
}
