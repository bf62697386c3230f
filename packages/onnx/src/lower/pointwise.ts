/** Ops on single elements. */
import type { ActivationFunction, GraphTensor } from '@onebit/core'
import type { LoweringContext, NodeContext } from './context.ts'
import type { OnnxWriter } from './onnx-writer.ts'
import { realValues } from './weights.ts'

/** One value per channel, in a shape that aligns with the channels of the node's input. */
function perChannel({ writer, shapes, name }: NodeContext, values: Float32Array, role: string): string {
  return writer.constant(shapes[0].length === 3 ? [values.length, 1, 1] : [values.length], values, `${name}.${role}`)
}

function channelTensor(context: NodeContext, role: string): string {
  return perChannel(context, realValues(context.tensor(role)!), role)
}

/** Threshold number `index` of every channel. */
function column({ shape, data }: GraphTensor, index: number): Float32Array {
  const [channels, count] = shape
  return Float32Array.from({ length: channels }, (_, channel) => data[channel * count + index])
}

/** The sign flips at each threshold: the result is `first` times a product over the thresholds of -1 if `x >= t`, else 1. */
export function threshold(context: LoweringContext<'threshold'>): void {
  const { name, inputs, writer, tensor } = context
  const thresholds = tensor('thresholds')!
  const count = thresholds.shape[1]
  const minusOne = writer.scalar(-1)
  const one = writer.scalar(1)
  let signs = channelTensor(context, 'first')
  for (let index = 0; index < count; index++) {
    const limits = perChannel(context, column(thresholds, index), `thresholds${index}`)
    const passed = writer.node('GreaterOrEqual', [inputs[0], limits])
    const flips = writer.node('Where', [passed, minusOne, one])
    signs = writer.node('Mul', [signs, flips], index === count - 1 ? { name } : {})
  }
}

export function toFloat({ name, inputs, writer }: LoweringContext<'toFloat'>): void {
  writer.node('Identity', inputs, { name })
}

export function affine(context: LoweringContext<'affine'>): void {
  const { name, inputs, writer } = context
  const scaled = writer.node('Mul', [inputs[0], channelTensor(context, 'scale')])
  writer.node('Add', [scaled, channelTensor(context, 'shift')], { name })
}

export function prelu(context: LoweringContext<'prelu'>): void {
  const { name, inputs, writer } = context
  writer.node('PRelu', [inputs[0], channelTensor(context, 'slope')], { name })
}

/** The operator of each function. `swish` has none. The slope and shift of HardSigmoid are ONNX's defaults. */
const FUNCTIONS: Readonly<Record<Exclude<ActivationFunction, 'swish'>, string>> = {
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  exp: 'Exp',
  softplus: 'Softplus',
  softsign: 'Softsign',
  'hard-sigmoid': 'HardSigmoid',
  'hard-swish': 'HardSwish',
  absolute: 'Abs',
}

export function activation({ name, inputs, writer, attributes }: LoweringContext<'activation'>): void {
  const { function: wanted } = attributes
  if (wanted === 'swish') writer.node('Mul', [inputs[0], writer.node('Sigmoid', inputs)], { name })
  else writer.node(FUNCTIONS[wanted], inputs, { name })
}

export function clip({ name, inputs, writer, attributes }: LoweringContext<'clip'>): void {
  const { minimum, maximum } = attributes
  writer.node('Clip', [inputs[0], writer.scalar(minimum), writer.scalar(maximum)], { name })
}

/** Gives a value as many axes as the result. The graph aligns last axes, so axes of size 1 go between the batch and its own. */
function align(writer: OnnxWriter, value: string, from: readonly number[], rank: number): string {
  if (from.length === rank) return value
  const shape = [...new Array<number>(rank - from.length).fill(1), ...from]
  return writer.channelsFirst(writer.node('Reshape', [value, writer.integers([0, ...shape])]), shape)
}

function broadcast(operator: string, { name, inputs, writer, shapes, shape }: NodeContext): void {
  const aligned = inputs.map((value, index) => align(writer, value, shapes[index], shape.length))
  writer.node(operator, aligned, { name })
}

export function add(context: LoweringContext<'add'>): void {
  broadcast('Add', context)
}

export function multiply(context: LoweringContext<'multiply'>): void {
  broadcast('Mul', context)
}

/** A value of batch 1, which broadcasts. Readers that cannot broadcast repeat it. */
export function constant({ name, writer, tensor, shape }: LoweringContext<'constant'>): void {
  const value = writer.constant([1, ...shape], realValues(tensor('value')!), `${name}.value`)
  writer.channelsFirst(value, shape, name)
}
