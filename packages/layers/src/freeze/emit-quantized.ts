/**
 * A quantized convolution or dense layer as graph nodes.
 *
 * Where the input's two levels are -1 and +1 and the kernel's are -s and +s, the layer is bits times bits and one affine. Any
 * other levels keep their bits in the file only for the part that has plain levels; the rest is real.
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

/** Appends the comparison of `input` with its thresholds; the result is bits. */
export function emitThreshold({ builder, name }: ToGraphContext, input: string, { thresholds, first }: FrozenQuantizer): string {
  const count = Math.max(...thresholds.map((list) => list.length))
  const padded = thresholds.flatMap((list) => [...list, ...new Array<number>(count - list.length).fill(Number.POSITIVE_INFINITY)])
  return builder.node('threshold', {
    name: `${name}.sign`,
    inputs: [input],
    tensors: {
      thresholds: float([thresholds.length, count], padded),
      first: { dtype: 'bit', shape: [first.length], data: packSigns(first) },
    },
  })
}

function isPlain({ low = [-1], high = [1] }: FrozenQuantizer): boolean {
  return low.every((value) => value === -1) && high.every((value) => value === 1)
}

function isSymmetric({ low = [-1], high = [1] }: FrozenQuantizer): boolean {
  return low.length === high.length && low.every((value, channel) => value === -high[channel])
}

/** Bits as the real levels they stand for. */
function emitLevels({ builder, name }: ToGraphContext, bits: string, { low = [-1], high = [1] }: FrozenQuantizer): string {
  const channels = Math.max(low.length, high.length)
  const at = (list: readonly number[], channel: number): number => list[list.length === 1 ? 0 : channel]
  const indices = Array.from({ length: channels }, (_, channel) => channel)
  return builder.node('affine', {
    name: `${name}.levels`,
    inputs: [builder.node('toFloat', { name: `${name}.real`, inputs: [bits] })],
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

export function emitQuantized(context: ToGraphContext, operation: QuantizedOperation): string {
  const { builder, name } = context
  const { kind, kernel, bias, frozenInput, frozenKernel } = operation
  const bits = frozenInput && emitThreshold(context, context.inputs[0], frozenInput)
  const packedKernel = frozenKernel && isSymmetric(frozenKernel)
  const core = `${name}.${kind === 'dense' ? 'matmul' : 'conv'}`

  let product: string
  if (bits && isPlain(frozenInput) && packedKernel) {
    const tensors = { weights: kernelBits(kernel, frozenKernel) }
    product =
      kind === 'dense'
        ? builder.node('binaryDense', { name: core, inputs: [bits], tensors })
        : builder.node('binaryConv2d', {
            name: core,
            inputs: [bits],
            attributes: { ...operation.attributes, paddingValue: operation.paddingValue },
            tensors,
          })
  } else {
    const real = bits ? emitLevels(context, bits, frozenInput) : context.inputs[0]
    const weights = packedKernel ? kernelBits(kernel, frozenKernel) : kernelValues(kernel, frozenKernel)
    const [input, attributes] = emitPadding(context, real, operation)
    product = builder.node(kind, { name: core, inputs: [input], attributes: attributes ?? {}, tensors: { weights } })
  }
  if (!packedKernel && !bias) return product
  const scale = packedKernel ? (frozenKernel.high ?? [1]) : [1]
  return builder.node('affine', {
    name,
    inputs: [product],
    tensors: { scale: float([scale.length], scale), shift: bias ? float(bias.shape, bias.dataSync()) : float([1], [0]) },
  })
}
