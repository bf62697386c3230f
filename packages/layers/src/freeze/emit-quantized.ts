/**
 * A quantized convolution or dense layer as graph nodes: on bits wherever both sides are (`emit-binary.ts`), else on the real values
 * that the bits stand for. A kernel of the levels -s and +s is bits in the file even then.
 */
import type { ConvolutionAttributes, FrozenQuantizer } from '@onebit/core'
import { emitBinary } from './emit-binary.ts'
import { emitSum, emitThreshold, numbered } from './emit-threshold.ts'
import { floatTensor, tensorOf } from './float-tensor.ts'
import { partsOf, twoLevels } from './frozen-parts.ts'
import { kernelBits, kernelValues } from './kernel-tensors.ts'
import { planBinary } from './plan-binary.ts'
import type { QuantizedOperation } from './quantized-operation.ts'
import type { ToGraphContext } from './to-graph.ts'

/** The input as the real levels that its bits stand for. */
function emitLevels(context: ToGraphContext, input: string, frozen: FrozenQuantizer): string {
  const { builder, name } = context
  const values = partsOf(frozen).map((part, index) => {
    const { middle, distance } = twoLevels(part)
    const bits = emitThreshold(context, input, part, index)
    return builder.node('affine', {
      name: numbered(`${name}.levels`, index),
      inputs: [builder.node('toFloat', { name: numbered(`${name}.real`, index), inputs: [bits] })],
      tensors: { scale: floatTensor(distance), shift: floatTensor(middle) },
    })
  })
  return emitSum(context, `${name}.quantized`, values)
}

/** The input of a real convolution, padded by hand where taps outside read a constant. */
function emitPadding(
  { builder, name }: ToGraphContext,
  input: string,
  { attributes, paddingValue = 'zero' }: QuantizedOperation,
): [string, ConvolutionAttributes | undefined] {
  if (!attributes || paddingValue === 'zero') return [input, attributes]
  const padded = builder.node('pad', {
    name: `${name}.pad`,
    inputs: [input],
    attributes: { padding: attributes.padding, value: paddingValue === 'one' ? 1 : -1 },
  })
  return [padded, { ...attributes, padding: [0, 0, 0, 0] }]
}

function emitReal(context: ToGraphContext, operation: QuantizedOperation): string {
  const { builder, name } = context
  const { kind, kernel, bias, frozenInput, frozenKernel } = operation
  const core = `${name}.${kind === 'dense' ? 'matmul' : 'conv'}`
  const real = frozenInput ? emitLevels(context, context.inputs[0], frozenInput) : context.inputs[0]
  const packed = frozenKernel && !frozenKernel.plus && twoLevels(frozenKernel).middle.every((middle) => middle === 0)
  const weights = packed ? kernelBits(kernel, frozenKernel) : kernelValues(kernel, frozenKernel)
  const [input, attributes] = emitPadding(context, real, operation)
  const product = builder.node(kind, { name: core, inputs: [input], attributes: attributes ?? {}, tensors: { weights } })
  if (!packed && !bias) return product
  const scale = packed ? twoLevels(frozenKernel).distance : [1]
  const shift = bias ? tensorOf(bias) : floatTensor([0])
  return builder.node('affine', { name, inputs: [product], tensors: { scale: floatTensor(scale), shift } })
}

export function emitQuantized(context: ToGraphContext, operation: QuantizedOperation): string {
  const plan = planBinary(operation)
  return plan ? emitBinary(context, operation, plan) : emitReal(context, operation)
}
