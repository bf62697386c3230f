/**
 * A quantized convolution or dense layer as graph nodes. If both sides are binary it works on bits (`emit-binary.ts`), otherwise
 * on the real values that the bits represent. Even then, the file stores a kernel with the levels -s and +s as bits. Transposed
 * convolutions are the exception, since their real form has no bits.
 */
import type { FrozenQuantizer, GraphTensor } from '@onebit/core'
import { emitBinary } from './emit-binary.ts'
import { emitSum, emitThreshold, numbered } from './emit-threshold.ts'
import { floatTensor } from './float-tensor.ts'
import { partsOf, twoLevels } from './frozen-parts.ts'
import { kernelBits, kernelValues } from './kernel-tensors.ts'
import { planBinary } from './plan-binary.ts'
import type { QuantizedOperation } from './quantized-operation.ts'
import type { ToGraphContext } from './to-graph.ts'

/** The input as real levels instead of bits. */
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

/** The layer's real product. If taps outside the input read a constant, an explicit node pads the input. */
function emitProduct(context: ToGraphContext, operation: QuantizedOperation, input: string, weights: GraphTensor): string {
  const { builder, name } = context
  const node = { name: `${name}.${operation.kind === 'dense' ? 'matmul' : 'conv'}`, inputs: [input], tensors: { weights } }
  if (operation.kind === 'dense') return builder.node('dense', node)
  if (operation.kind === 'conv2dTranspose') return builder.node('conv2dTranspose', { ...node, attributes: operation.attributes })
  const { attributes, paddingValue } = operation
  if (paddingValue === 'zero') return builder.node('conv2d', { ...node, attributes })
  const padding = { padding: attributes.padding, value: paddingValue === 'one' ? 1 : -1 }
  const padded = builder.node('pad', { name: `${name}.pad`, inputs: [input], attributes: padding })
  return builder.node('conv2d', { ...node, inputs: [padded], attributes: { ...attributes, padding: [0, 0, 0, 0] } })
}

function emitReal(context: ToGraphContext, operation: QuantizedOperation): string {
  const { builder, name } = context
  const { kind, kernel, bias, frozenInput, frozenKernel } = operation
  const real = frozenInput ? emitLevels(context, context.inputs[0], frozenInput) : context.inputs[0]
  const isSymmetric = frozenKernel && !frozenKernel.plus && twoLevels(frozenKernel).middle.every((middle) => middle === 0)
  const packed = kind !== 'conv2dTranspose' && isSymmetric
  const weights = packed ? kernelBits(kernel, frozenKernel) : kernelValues(kernel, frozenKernel)
  const product = emitProduct(context, operation, real, weights)
  if (!packed && !bias) return product
  const scale = packed ? twoLevels(frozenKernel).distance : [1]
  const tensors = { scale: floatTensor(scale), shift: bias ?? floatTensor([0]) }
  return builder.node('affine', { name, inputs: [product], tensors })
}

export function emitQuantized(context: ToGraphContext, operation: QuantizedOperation): string {
  const plan = planBinary(operation)
  return plan ? emitBinary(context, operation, plan) : emitReal(context, operation)
}
