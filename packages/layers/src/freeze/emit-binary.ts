/**
 * A quantized convolution or dense layer on bits.
 *
 * Both sides are sums over parts. A part of the input is x = m + s a with a bit a, and a part of the kernel is w = n + t b with a
 * bit b:
 *
 *   conv(x, w)  =  s t conv(a, b)  +  n s conv(a, 1)  +  m conv(1, w)
 *
 * The first term is XNOR and popcount. The second is the exact sum of bits under the window: one binary convolution with a single
 * output, times one factor per output. Kernels with the levels -t and +t have n = 0 and do not need it. The third term is
 * constant, so it is computed when the layer freezes: a shift per output and, if taps outside the input read a value that is not
 * one of its levels, a map that corrects the border. A transposed convolution has only the map, because each position is under
 * different taps. With groups of channels, every group has its own sum.
 */
import type { GraphTensor } from '@onebit/core'
import { emitSum, emitThreshold, numbered } from './emit-threshold.ts'
import { floatTensor } from './float-tensor.ts'
import { sumOfLists, twoLevels } from './frozen-parts.ts'
import { kernelBits, kernelSums, windowBits } from './kernel-tensors.ts'
import type { BinaryPlan } from './plan-binary.ts'
import type { QuantizedOperation } from './quantized-operation.ts'
import type { ToGraphContext } from './to-graph.ts'

interface BinaryLayer {
  readonly context: ToGraphContext
  readonly operation: QuantizedOperation
  readonly plan: BinaryPlan
  /** The bits of each part of the input. */
  readonly bits: readonly string[]
  readonly outputs: number
}

/** A binary product with one part of the input. If another node already brought the weights, they are given by name. */
function emitProduct({ context, operation, plan, bits }: BinaryLayer, name: string, row: number, weights: GraphTensor | string) {
  const { builder } = context
  const node = { name, inputs: [bits[row]], tensors: { weights } }
  if (operation.kind === 'dense') return builder.node('binaryDense', node)
  const { attributes } = operation
  if (operation.kind === 'conv2dTranspose') return builder.node('binaryConv2dTranspose', { ...node, attributes })
  return builder.node('binaryConv2d', { ...node, attributes: { ...attributes, paddingValue: plan.padding } })
}

function emitAffine(
  { builder }: ToGraphContext,
  name: string,
  input: string,
  scale: readonly number[],
  shift: readonly number[],
) {
  const tensors = { scale: floatTensor(scale), shift: floatTensor(shift) }
  return builder.node('affine', { name, inputs: [input], tensors })
}

/** The bias, plus the constant that the middle of the input, or the value outside it, adds at every position. */
function shiftOf({ operation, plan, outputs }: BinaryLayer): number[] {
  const everywhere = plan.outside ?? plan.middle
  const biases = operation.bias?.data
  if (everywhere === 0) return biases ? Array.from(biases) : [0]
  const shift = Array.from({ length: outputs }, (_, output) => biases?.[output] ?? 0)
  kernelSums(operation.kernel, plan.frozenKernel).forEach((sum, index) => {
    shift[index % outputs] += everywhere * sum
  })
  return shift
}

/** s t conv(a, b) for every pair of parts. The first one includes the shift. */
function emitBitTerms(layer: BinaryLayer, nameOf: (term: number) => string): string[] {
  const { context, operation, plan } = layer
  const core = `${context.name}.${operation.kind === 'dense' ? 'matmul' : 'conv'}`
  const shift = shiftOf(layer)
  return plan.inputs.flatMap(({ distance }, row) =>
    plan.kernels.map((part, column) => {
      const term = row * plan.kernels.length + column
      const weights = row === 0 ? kernelBits(operation.kernel, part) : `${numbered(core, column)}.weights`
      const product = emitProduct(layer, numbered(core, term), row, weights)
      const scale = twoLevels(part).distance.map((half) => half * distance)
      return emitAffine(context, nameOf(term), product, scale, term === 0 ? shift : [0])
    }),
  )
}

/** n s conv(a, 1): the same sum for all outputs of a group, times the middle of each output's levels. */
function emitWindowTerm(layer: BinaryLayer, middles: readonly number[]): string {
  const { context, operation, plan, outputs } = layer
  const { builder, name } = context
  const groups = operation.kind === 'conv2d' ? operation.attributes.groups : 1
  const sums = plan.inputs.map(({ distance }, row) => {
    const weights = row === 0 ? windowBits(operation.kernel, groups) : `${name}.window.weights`
    const product = emitProduct(layer, numbered(`${name}.window`, row), row, weights)
    return emitAffine(context, numbered(`${name}.windowSum`, row), product, [distance], [0])
  })
  const factors = Array.from({ length: outputs }, (_, output) => middles[middles.length === 1 ? 0 : output])
  const node = { name: `${name}.middle`, inputs: [emitSum(context, `${name}.windowSums`, sums)] }
  if (operation.kind === 'dense')
    return builder.node('dense', { ...node, tensors: { weights: floatTensor(factors, [1, outputs]) } })
  const weights = floatTensor(factors, [1, 1, 1, outputs])
  return builder.node('conv2d', { ...node, attributes: { groups }, tensors: { weights } })
}

/**
 * The term that depends on the position, because some taps lie outside the input. It is a real convolution over a map of ones,
 * with each tap's weights summed over the channels.
 */
function emitBorderTerm({ context, operation, plan, outputs }: BinaryLayer, outside: number): string {
  const { builder, name } = context
  const { kernel } = operation
  const [height, width] = builder.type(context.inputs[0]).shape
  const one = builder.node('constant', { name: `${name}.one`, tensors: { value: floatTensor([1], [1, 1, 1]) } })
  const inside = builder.node('resize', { name: `${name}.inside`, inputs: [one], attributes: { size: [height, width] } })
  const sums = kernelSums(kernel, plan.frozenKernel).map((sum) => sum * (plan.middle - outside))
  const weights = floatTensor(sums, [kernel.shape[0], kernel.shape[1], 1, outputs])
  const node = { name: `${name}.border`, inputs: [inside], tensors: { weights } }
  if (operation.kind === 'conv2dTranspose') return builder.node('conv2dTranspose', { ...node, attributes: operation.attributes })
  // The map of ones has one channel, because each output's weights already sum over its own group.
  const attributes = operation.kind === 'conv2d' ? { ...operation.attributes, groups: 1 } : {}
  return builder.node('conv2d', { ...node, attributes })
}

/** Appends the layer's nodes and returns the name of its output. */
export function emitBinary(context: ToGraphContext, operation: QuantizedOperation, plan: BinaryPlan): string {
  const { name } = context
  const bits = plan.inputs.map(({ frozen }, index) => emitThreshold(context, context.inputs[0], frozen, index))
  const layer: BinaryLayer = { context, operation, plan, bits, outputs: operation.kernel.shape.at(-1)! }
  const middles = sumOfLists(plan.kernels.map((part) => twoLevels(part).middle))
  const uneven = middles.some((middle) => middle !== 0)
  const alone = plan.inputs.length * plan.kernels.length === 1 && !uneven && plan.outside === undefined
  return emitSum(context, name, [
    ...emitBitTerms(layer, (term) => (alone ? name : `${name}.term${term + 1}`)),
    ...(uneven ? [emitWindowTerm(layer, middles)] : []),
    ...(plan.outside === undefined ? [] : [emitBorderTerm(layer, plan.outside)]),
  ])
}
