/** Transposed convolutions, real and binary. Sums on +-1 are whole numbers, exact in float32. */
import type { LoweringContext } from './context.ts'
import { realValues, transposedKernel } from './weights.ts'

/**
 * Rows and columns of `outputPadding` first restore those that were cropped at the same side. Beyond the last tap they hold only the bias.
 * So the bias is added after the image has grown. ONNX's own output padding must be less than a stride.
 */
export function transposedConvolution(context: LoweringContext<'conv2dTranspose' | 'binaryConv2dTranspose'>): void {
  const { name, inputs, writer, attributes, tensor } = context
  const { strides, dilations, padding, outputPadding } = attributes
  const [top, bottom, left, right] = padding
  const [rows, columns] = [outputPadding[0] - bottom, outputPadding[1] - right]
  const pads = [top, left, Math.max(-rows, 0), Math.max(-columns, 0)]
  const kernel = transposedKernel(tensor('weights')!)
  const bias = tensor('bias')
  const convolution = {
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: pads },
  }
  const operands = [inputs[0], writer.constant(kernel.shape, kernel.data, `${name}.weights`)]
  if (rows <= 0 && columns <= 0) {
    const last = bias ? [writer.constant(bias.shape, realValues(bias), `${name}.bias`)] : []
    writer.node('ConvTranspose', [...operands, ...last], { name, attributes: convolution })
    return
  }
  const product = writer.node('ConvTranspose', operands, { attributes: convolution })
  const margins = [0, Math.max(rows, 0), 0, Math.max(columns, 0)] as const
  if (!bias) {
    writer.padded(product, margins, 0, name)
    return
  }
  const perChannel = writer.constant([bias.shape[0], 1, 1], realValues(bias), `${name}.bias`)
  writer.node('Add', [writer.padded(product, margins, 0), perChannel], { name })
}
