/** Convolutions and dense layers. Binary ones become real ones on +-1. Their sums are whole numbers, exact in float32. */
import type { ConvolutionAttributes, PaddingValue } from '@onebit/core'
import type { OnnxAttribute } from '../onnx-model.ts'
import type { LoweringContext, NodeContext } from './context.ts'
import { kernelTensor, matrixTensor, realValues } from './weights.ts'

const OUTSIDE: Readonly<Record<PaddingValue, number>> = { zero: 0, one: 1, 'minus-one': -1 }

function convolutionAttributes({ strides, dilations, padding, groups }: ConvolutionAttributes): Record<string, OnnxAttribute> {
  const [top, bottom, left, right] = padding
  return {
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: [top, left, bottom, right] },
    group: { int: groups },
  }
}

/** A list with the bias, or an empty list if there is none. */
function biasInput({ tensor, writer, name }: NodeContext): string[] {
  const bias = tensor('bias')
  return bias ? [writer.constant(bias.shape, realValues(bias), `${name}.bias`)] : []
}

function kernelInput({ tensor, writer, name }: NodeContext): string {
  const { shape, data } = kernelTensor(tensor('weights')!)
  return writer.constant(shape, data, `${name}.weights`)
}

export function conv2d(context: LoweringContext<'conv2d'>): void {
  const inputs = [context.inputs[0], kernelInput(context), ...biasInput(context)]
  context.writer.node('Conv', inputs, { name: context.name, attributes: convolutionAttributes(context.attributes) })
}

export function binaryConv2d(context: LoweringContext<'binaryConv2d'>): void {
  const { name, inputs, writer, attributes } = context
  const { padding, paddingValue } = attributes
  const outside = OUTSIDE[paddingValue]
  const input = outside === 0 ? inputs[0] : writer.padded(inputs[0], padding, outside)
  const remaining = { ...attributes, padding: outside === 0 ? padding : ([0, 0, 0, 0] as const) }
  writer.node('Conv', [input, kernelInput(context)], { name, attributes: convolutionAttributes(remaining) })
}

export function dense(context: LoweringContext<'dense' | 'binaryDense'>): void {
  const { name, inputs, writer, tensor, shape } = context
  const matrix = matrixTensor(tensor('weights')!)
  const weights = writer.constant(matrix.shape, matrix.data, `${name}.weights`)
  const bias = biasInput(context)
  if (shape.length === 1) {
    writer.node('Gemm', [inputs[0], weights, ...bias], { name })
    return
  }
  const product = writer.node('MatMul', [writer.channelsLast(inputs[0], shape), weights])
  writer.channelsFirst(bias.length > 0 ? writer.node('Add', [product, ...bias]) : product, shape, name)
}
