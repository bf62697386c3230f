/** Ops that move or reduce values. ONNX counts their axes with the batch and, on images, with channels first. */
import { nearestPositions, type OpAttributes } from '@onebit/core'
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

/** Over height and width it becomes an operator that every runtime has a kernel for. Other means keep the graph's order of axes. */
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

/** Inputs that depend only on constants are repeated over the batch of the others. */
export function concat({ name, inputs, writer, shapes, shape, constant, attributes }: LoweringContext<'concat'>): void {
  const other = inputs[constant.indexOf(false)]
  const repeat = (value: string, index: number): string =>
    constant[index] && other !== undefined ? writer.batched(value, shapes[index], other) : value
  writer.node('Concat', inputs.map(repeat), { name, attributes: { axis: { int: axisOf(attributes.axis, shape.length) } } })
}

export function softmax({ name, inputs, writer, shape }: LoweringContext<'softmax'>): void {
  writer.node('Softmax', inputs, { name, attributes: { axis: { int: axisOf(shape.length - 1, shape.length) } } })
}

export function slice({ name, inputs, writer, shape, attributes }: LoweringContext<'slice'>): void {
  const { begin, size } = attributes
  const bounds = [begin, begin.map((first, axis) => first + size[axis]), begin.map((_, axis) => axisOf(axis, shape.length))]
  writer.node('Slice', [inputs[0], ...bounds.map((list) => writer.integers(list))], { name })
}

function bilinear({ name, inputs, writer, attributes }: LoweringContext<'resize'>): void {
  const { size, alignCorners, halfPixelCenters } = attributes
  // `sizes` lists every axis, and the size of the batch is known only when the model runs.
  const leading = writer.node('Slice', [writer.node('Shape', inputs), writer.integers([0]), writer.integers([2])])
  const sizes = writer.node('Concat', [leading, writer.integers(size)], { attributes: { axis: { int: 0 } } })
  const centers = halfPixelCenters ? 'half_pixel' : 'asymmetric'
  writer.node('Resize', [inputs[0], '', '', sizes], {
    name,
    attributes: {
      mode: { string: 'linear' },
      coordinate_transformation_mode: { string: alignCorners ? 'align_corners' : centers },
    },
  })
}

/**
 * Gathers rows, then columns, by their numbers, because a runtime's own rounding of positions may take another pixel. (onnxruntime did
 * so for 57 of 4,074 tested sizes and conventions.)
 */
function nearest({ name, inputs, writer, shapes, attributes }: LoweringContext<'resize'>): void {
  const [height, width] = shapes[0]
  const [rows, columns] = [
    nearestPositions(height, attributes.size[0], attributes),
    nearestPositions(width, attributes.size[1], attributes),
  ]
  const byRows = writer.node('Gather', [inputs[0], writer.integers(rows)], { attributes: { axis: { int: 2 } } })
  writer.node('Gather', [byRows, writer.integers(columns)], { name, attributes: { axis: { int: 3 } } })
}

export function resize(context: LoweringContext<'resize'>): void {
  if (context.attributes.method === 'nearest') nearest(context)
  else bilinear(context)
}
