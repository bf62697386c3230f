/** Ops on single elements. */
import { type ActivationFunction, elementCount } from '@onebit/core'
import { expandToChannels, repeatToVectors } from '@onebit/core/compile'
import type { KernelName } from '../loading/kernels.ts'
import { type Buffer, offsetBy, type Place } from '../program/buffer.ts'
import { channelsOf, rowsOf } from '../program/value.ts'
import { floatTensor, type Lowering, outputBuffer } from './lowering.ts'

/** Fewer values are not worth a task. */
export const LEAST_VALUES = 16384

/** Buffers of 4-byte values from value `from` on. */
export function ranges(buffers: readonly Buffer[], from: number): Place[] {
  return buffers.map((buffer) => offsetBy(buffer, 4 * from))
}

export const affine: Lowering<'affine'> = (node, context) => {
  const { builder, inputs, type } = context
  const channels = channelsOf(type)
  const scale = repeatToVectors(expandToChannels(floatTensor(node, context, 'scale'), channels))
  const shift = repeatToVectors(expandToChannels(floatTensor(node, context, 'shift'), channels))
  const kernel = inputs[0].dtype === 'int32' ? 'affineAccumulators' : 'affine'
  const buffer = outputBuffer(context)
  const count = elementCount(type.shape)
  const constants = [builder.constant(scale), builder.constant(shift), scale.length]
  builder.split(count, scale.length, LEAST_VALUES, (from, to) =>
    builder.call(kernel, ...ranges([inputs[0].buffer, buffer], from), to - from, ...constants),
  )
  return { buffer, kernel }
}

export const prelu: Lowering<'prelu'> = (node, context) => {
  const { builder, inputs, type } = context
  const slope = repeatToVectors(floatTensor(node, context, 'slope'), 16)
  const kernel = slope.every((value) => value <= 1 && value !== 0) ? 'preluUpToOne' : 'prelu'
  const buffer = outputBuffer(context)
  const table = builder.constant(slope)
  builder.split(elementCount(type.shape), slope.length, LEAST_VALUES, (from, to) =>
    builder.call(kernel, ...ranges([inputs[0].buffer, buffer], from), to - from, table, slope.length),
  )
  return { buffer, kernel }
}

const ACTIVATION_KERNELS: Readonly<Record<ActivationFunction, KernelName>> = {
  relu: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'hyperbolicTangent',
  exp: 'exponential',
  softplus: 'softplus',
  softsign: 'softsign',
  swish: 'swish',
  'hard-sigmoid': 'hardSigmoid',
  'hard-swish': 'hardSwish',
  absolute: 'absolute',
}

export const activation: Lowering<'activation'> = ({ attributes }, context) => {
  const { builder, inputs, type } = context
  const kernel = ACTIVATION_KERNELS[attributes.function]
  const buffer = outputBuffer(context)
  builder.split(elementCount(type.shape), 4, LEAST_VALUES, (from, to) =>
    builder.call(kernel, ...ranges([inputs[0].buffer, buffer], from), to - from),
  )
  return { buffer, kernel }
}

export const clip: Lowering<'clip'> = ({ attributes: { minimum, maximum } }, context) => {
  const { builder, inputs, type } = context
  const buffer = outputBuffer(context)
  builder.split(elementCount(type.shape), 4, LEAST_VALUES, (from, to) =>
    builder.call('clip', ...ranges([inputs[0].buffer, buffer], from), to - from, minimum, maximum),
  )
  return { buffer, kernel: 'clip' }
}

export const toFloat: Lowering<'toFloat'> = (_node, context) => {
  const { builder, inputs, type } = context
  const [input] = inputs
  if (input.dtype === 'float32') return { buffer: input.buffer, kernel: 'none (the same values)' }
  const buffer = outputBuffer(context)
  if (input.dtype === 'bit') {
    builder.call('bitsToFloat', input.buffer, buffer, rowsOf(type), channelsOf(type))
    return { buffer, kernel: 'bitsToFloat' }
  }
  builder.call('convertAccumulators', input.buffer, buffer, elementCount(type.shape))
  return { buffer, kernel: 'convertAccumulators' }
}

export const softmax: Lowering<'softmax'> = (_node, context) => {
  const { builder, inputs, type } = context
  const buffer = outputBuffer(context)
  const channels = channelsOf(type)
  builder.split(rowsOf(type), 1, Math.ceil(LEAST_VALUES / channels), (from, to) =>
    builder.call('softmax', ...ranges([inputs[0].buffer, buffer], from * channels), to - from, channels),
  )
  return { buffer, kernel: 'softmax' }
}

export const constant: Lowering<'constant'> = (node, context) => ({
  buffer: context.builder.constant(floatTensor(node, context, 'value')),
  kernel: 'none (held in memory)',
})
