/** Ops that move or reduce values, whose axes ONNX counts with the batch and, on images, channels first. */
import type { OpAttributes } from '@onebit/core'
import type { OnnxAttribute } from '../onnx-model.ts'
import type { LoweringContext } from './context.ts'
import { axisOf } from './onnx-writer.ts'

function poolAttributes({ size, strides, padding }: OpAttributes['maxPool']): Record<string, OnnxAttribute> {
  const [top, bottom, left, right] = padding
  return { kernel_shape: { ints: size }, strides: { ints: strides }, pads: { ints: [top, left, bottom, right] } }
}

export function maxPool({ name, inputs, writer, attributes }: LoweringContext<'maxPool'>): void {
  writer.node('MaxPool', inputs, { name, attributes: poolAttributes(attributes) })
}

export function averagePool({ name, inputs, writer, attributes }: LoweringContext<'averagePool'>): void {
  const counting = { count_include_pad: { int: attributes.countPadding ? 1 : 0 } }
  writer.node('AveragePool', inputs, { name, attributes: { ...poolAttributes(attributes), ...counting } })
}

/** Over height and width it is the operator that every runtime has a kernel for; other means keep the graph's own order of axes. */
export function mean({ name, inputs, writer, shapes, shape, attributes }: LoweringContext<'mean'>): void {
  const { axes, keepDimensions } = attributes
  if (shapes[0].length === 3 && axes.length === 2 && !axes.includes(2)) {
    const pooled = writer.node('GlobalAveragePool', inputs, keepDimensions ? { name } : {})
    if (!keepDimensions) writer.node('Flatten', [pooled], { name })
    return
  }
  const reduction = { axes: { ints: axes.map((axis) => axis + 1) }, keepdims: { int: keepDimensions ? 1 : 0 } }
  const result = writer.node('ReduceMean', [writer.channelsLast(inputs[0], shapes[0])], { attributes: reduction })
  writer.channelsFirst(result, shape, name)
}

export function pad({ name, inputs, writer, attributes }: LoweringContext<'pad'>): void {
  writer.padded(inputs[0], attributes.padding, attributes.value, name)
}

export function reshape({ name, inputs, writer, shapes, shape }: LoweringContext<'reshape'>): void {
  const last = writer.channelsLast(inputs[0], shapes[0])
  writer.channelsFirst(writer.node('Reshape', [last, writer.integers([0, ...shape])]), shape, name)
}

export function concat({ name, inputs, writer, shape, attributes }: LoweringContext<'concat'>): void {
  writer.node('Concat', inputs, { name, attributes: { axis: { int: axisOf(attributes.axis, shape.length) } } })
}

export function softmax({ name, inputs, writer, shape }: LoweringContext<'softmax'>): void {
  writer.node('Softmax', inputs, { name, attributes: { axis: { int: axisOf(shape.length - 1, shape.length) } } })
}
