/**
 * A quantized convolution or dense layer as graph nodes.
 *
 * Where the kernel's two levels are -s and +s and the input has one pair of levels, the layer is bits times bits and one affine.
 * Ternary and k-bit quantizers are sums of such pairs, and so are their layers. Any other levels keep their bits in the file only
 * for the part that has plain levels; the rest is real.
 */
import {
  type ConvolutionAttributes,
  type FrozenQuantizer,
  frozenSign,
  frozenValue,
  type GraphTensor,
  type PaddingValue,
  packSigns,
} from '@onebit/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { ToGraphContext } from './to-graph.ts'

export interface QuantizedOperation {
  readonly kind: 'conv2d' | 'dense'
  /** Only for conv2d. */
  readonly attributes?: ConvolutionAttributes
  readonly paddingValue?: PaddingValue
  /** Latent weights, output channels last. */
  readonly kernel: Tensor
  readonly bias?: Tensor
  readonly frozenInput?: FrozenQuantizer
  readonly frozenKernel?: FrozenQuantizer
}

const float = (shape: readonly number[], values: ArrayLike<number>): GraphTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
})

/** More binary products than this cost more than one real one. */
const MAXIMUM_PRODUCTS = 16

/** A quantizer as the two-level ones that it is the sum of. */
function partsOf({ plus = [], ...first }: FrozenQuantizer): FrozenQuantizer[] {
  return [first, ...plus.flatMap(partsOf)]
}

/** `name` for the first, `name2`, `name3` and so on for the others. */
function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}${index + 1}`
}

/** Appends the comparison of `input` with its thresholds; the result is bits. Of a sum of quantizers, one is compared. */
export function emitThreshold(
  { builder, name }: ToGraphContext,
  input: string,
  { thresholds, first }: FrozenQuantizer,
  index = 0,
): string {
  const count = Math.max(1, ...thresholds.map((list) => list.length))
  const padded = thresholds.flatMap((list) => [...list, ...new Array<number>(count - list.length).fill(Number.POSITIVE_INFINITY)])
  return builder.node('threshold', {
    name: numbered(`${name}.sign`, index),
    inputs: [input],
    tensors: {
      thresholds: float([thresholds.length, count], padded),
      first: { dtype: 'bit', shape: [first.length], data: packSigns(first) },
    },
  })
}

function isSymmetric({ low = [-1], high = [1] }: FrozenQuantizer): boolean {
  return low.length === high.length && low.every((value, channel) => value === -high[channel])
}

/** Adds float values up, the last sum under `name`. */
function emitSum({ builder }: ToGraphContext, name: string, values: readonly string[]): string {
  return values.reduce((sum, value, index) => {
    const last = index === values.length - 1
    return builder.node('add', { name: last ? name : `${name}.sum${index}`, inputs: [sum, value] })
  })
}

/** The input as the real levels that its bits stand for. */
function emitLevels(context: ToGraphContext, input: string, frozen: FrozenQuantizer): string {
  const { builder, name } = context
  const at = (list: readonly number[], channel: number): number => list[list.length === 1 ? 0 : channel]
  const values = partsOf(frozen).map((part, index) => {
    const { low = [-1], high = [1] } = part
    const channels = Math.max(low.length, high.length)
    const indices = Array.from({ length: channels }, (_, channel) => channel)
    const bits = emitThreshold(context, input, part, index)
    return builder.node('affine', {
      name: numbered(`${name}.levels`, index),
      inputs: [builder.node('toFloat', { name: numbered(`${name}.real`, index), inputs: [bits] })],
      tensors: {
        scale: float(
          [channels],
          indices.map((channel) => (at(high, channel) - at(low, channel)) / 2),
        ),
        shift: float(
          [channels],
          indices.map((channel) => (at(high, channel) + at(low, channel)) / 2),
        ),
      },
    })
  })
  return emitSum(context, `${name}.quantized`, values)
}

/** The kernel's bits, outputs first: `[out, height, width, in]` or `[out, in]`. */
function kernelBits(kernel: Tensor, frozen: FrozenQuantizer): GraphTensor {
  const outputs = kernel.shape.at(-1)!
  const weights = kernel.dataSync()
  const taps = weights.length / outputs
  const signs = new Int8Array(weights.length)
  for (let tap = 0; tap < taps; tap++) {
    for (let output = 0; output < outputs; output++)
      signs[output * taps + tap] = frozenSign(frozen, weights[tap * outputs + output], output)
  }
  return { dtype: 'bit', shape: [outputs, ...kernel.shape.slice(0, -1)], data: packSigns(signs) }
}

/** The kernel's real values after quantization, outputs last. */
function kernelValues(kernel: Tensor, frozen: FrozenQuantizer | undefined): GraphTensor {
  const outputs = kernel.shape.at(-1)!
  const weights = kernel.dataSync()
  const values = frozen ? Float32Array.from(weights, (weight, index) => frozenValue(frozen, weight, index % outputs)) : weights
  return float(kernel.shape, values)
}

/** The sum of each output's quantized weights, in float64. */
function kernelSums(kernel: Tensor, frozen: FrozenQuantizer): Float64Array {
  const outputs = kernel.shape.at(-1)!
  const sums = new Float64Array(outputs)
  kernel.dataSync().forEach((weight, index) => {
    sums[index % outputs] += frozenValue(frozen, weight, index % outputs)
  })
  return sums
}

/** The input of a real convolution, padded by hand where taps outside read a constant. */
function emitPadding(
  { builder, name }: ToGraphContext,
  input: string,
  operation: QuantizedOperation,
): [string, ConvolutionAttributes | undefined] {
  const { attributes, paddingValue } = operation
  if (!attributes || paddingValue === 'zero' || paddingValue === undefined) return [input, attributes]
  const padded = builder.node('pad', {
    name: `${name}.pad`,
    inputs: [input],
    attributes: { padding: attributes.padding, value: paddingValue === 'one' ? 1 : -1 },
  })
  return [padded, { ...attributes, padding: [0, 0, 0, 0] }]
}

interface BinaryPlan {
  readonly inputs: readonly FrozenQuantizer[]
  readonly kernels: readonly FrozenQuantizer[]
  /** What taps outside the input read in place of the layer's padding value. */
  readonly padding: PaddingValue
}

/**
 * The layer as a sum of binary products, if it is one: every part of the kernel -s and +s, every part of the input of one pair of
 * levels for all channels, and a bit for taps outside the input that adds up to the padding value. {0, 1} inputs with zero
 * padding, for one, read -1 outside, whose level is 0.
 */
function planBinary({
  attributes,
  paddingValue = 'zero',
  frozenInput,
  frozenKernel,
}: QuantizedOperation): BinaryPlan | undefined {
  if (!frozenInput || !frozenKernel) return undefined
  const inputs = partsOf(frozenInput)
  const kernels = partsOf(frozenKernel)
  if (!kernels.every(isSymmetric) || inputs.length * kernels.length > MAXIMUM_PRODUCTS) return undefined
  if (inputs.some(({ low = [-1], high = [1] }) => low.length > 1 || high.length > 1)) return undefined
  if (!attributes || attributes.padding.every((size) => size === 0)) return { inputs, kernels, padding: paddingValue }
  const lowest = inputs.reduce((sum, { low = [-1] }) => sum + low[0], 0)
  const highest = inputs.reduce((sum, { high = [1] }) => sum + high[0], 0)
  const levels: Record<PaddingValue, number> = { zero: (lowest + highest) / 2, one: highest, 'minus-one': lowest }
  const wanted = { zero: 0, one: 1, 'minus-one': -1 }[paddingValue]
  const padding = (Object.keys(levels) as PaddingValue[]).find((value) => Math.abs(levels[value] - wanted) < 1e-9)
  return padding && { inputs, kernels, padding }
}

/** The sum over all pairs of an input part and a kernel part, each a binary product and an affine; the bias is in the first. */
function emitBinary(context: ToGraphContext, operation: QuantizedOperation, { inputs, kernels, padding }: BinaryPlan): string {
  const { builder, name } = context
  const { kind, kernel, bias, attributes } = operation
  const outputs = kernel.shape.at(-1)!
  const core = `${name}.${kind === 'dense' ? 'matmul' : 'conv'}`
  const packed = kernels.map((part) => kernelBits(kernel, part))
  const middle = inputs.reduce((sum, { low = [-1], high = [1] }) => sum + (low[0] + high[0]) / 2, 0)
  const sums = middle === 0 ? undefined : kernelSums(kernel, operation.frozenKernel!)
  const biases = bias?.dataSync()
  const shift = Array.from({ length: biases || sums ? outputs : 1 }, (_, output) => {
    return (biases?.[output] ?? 0) + (sums ? middle * sums[output] : 0)
  })
  const terms = inputs.flatMap((input, row) => {
    const bits = emitThreshold(context, context.inputs[0], input, row)
    const { low = [-1], high = [1] } = input
    return kernels.map((part, column) => {
      const index = row * kernels.length + column
      const tensors = { weights: packed[column] }
      const nodeName = numbered(core, index)
      const product =
        kind === 'dense'
          ? builder.node('binaryDense', { name: nodeName, inputs: [bits], tensors })
          : builder.node('binaryConv2d', {
              name: nodeName,
              inputs: [bits],
              attributes: { ...attributes, paddingValue: padding },
              tensors,
            })
      const scale = (part.high ?? [1]).map((level) => (level * (high[0] - low[0])) / 2)
      return builder.node('affine', {
        name: inputs.length * kernels.length === 1 ? name : `${name}.term${index + 1}`,
        inputs: [product],
        tensors: { scale: float([scale.length], scale), shift: index === 0 ? float([shift.length], shift) : float([1], [0]) },
      })
    })
  })
  return emitSum(context, name, terms)
}

export function emitQuantized(context: ToGraphContext, operation: QuantizedOperation): string {
  const { builder, name } = context
  const { kind, kernel, bias, frozenInput, frozenKernel } = operation
  const plan = planBinary(operation)
  if (plan) return emitBinary(context, operation, plan)

  const core = `${name}.${kind === 'dense' ? 'matmul' : 'conv'}`
  const real = frozenInput ? emitLevels(context, context.inputs[0], frozenInput) : context.inputs[0]
  const packedKernel = frozenKernel && !frozenKernel.plus && isSymmetric(frozenKernel)
  const weights = packedKernel ? kernelBits(kernel, frozenKernel) : kernelValues(kernel, frozenKernel)
  const [input, attributes] = emitPadding(context, real, operation)
  const product = builder.node(kind, { name: core, inputs: [input], attributes: attributes ?? {}, tensors: { weights } })
  if (!packedKernel && !bias) return product
  const scale = packedKernel ? (frozenKernel.high ?? [1]) : [1]
  return builder.node('affine', {
    name,
    inputs: [product],
    tensors: { scale: float([scale.length], scale), shift: bias ? float(bias.shape, bias.dataSync()) : float([1], [0]) },
  })
}
