/** Operations that move or reduce values. */
import type { Padding } from '@onebit/core'
import { tf } from '../harness.ts'
import { type FloatCase, floatCase } from './compare-operation.ts'

type Shape = readonly [number, number, number]

interface Window {
  readonly kernel: number
  readonly stride: number
  readonly around?: number
}

function pool(op: 'maxPool' | 'averagePool', shape: Shape, { kernel, stride, around = 0 }: Window): FloatCase {
  const pool = op === 'maxPool' ? tf.maxPool : tf.avgPool
  return floatCase({
    name: `${op === 'maxPool' ? 'largest' : 'mean'} of ${kernel}x${kernel}/${stride}, ${shape.join('x')}`,
    op,
    inputs: [shape],
    attributes: { size: [kernel, kernel], strides: [stride, stride], padding: [around, around, around, around] },
    theirs: ([x]) => pool(x as tf.Tensor4D, kernel, stride, around),
  })
}

function mean(shape: Shape, axes: readonly number[]): FloatCase {
  return floatCase({
    name: `mean over ${axes.map((axis) => 'HWC'[axis]).join(' and ')}, ${shape.join('x')}`,
    op: 'mean',
    inputs: [shape],
    attributes: { axes },
    theirs: ([x]) =>
      tf.mean(
        x,
        axes.map((axis) => axis + 1),
      ),
  })
}

function resize(method: 'nearest' | 'bilinear', shape: Shape, size: number): FloatCase {
  const resizeTo = method === 'nearest' ? tf.image.resizeNearestNeighbor : tf.image.resizeBilinear
  return floatCase({
    name: `${method}, ${shape.join('x')} to ${size}x${size}`,
    op: 'resize',
    inputs: [shape],
    attributes: { size: [size, size], method, halfPixelCenters: true },
    theirs: ([x]) => resizeTo(x as tf.Tensor4D, [size, size], false, true),
  })
}

function pad(shape: Shape, [top, bottom, left, right]: Padding): FloatCase {
  return floatCase({
    name: `pad, ${shape.join('x')} by ${[top, bottom, left, right].join(', ')}`,
    op: 'pad',
    inputs: [shape],
    attributes: { padding: [top, bottom, left, right] },
    theirs: ([x]) =>
      tf.pad(x, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]),
  })
}

function concat(axis: number, ...shapes: Shape[]): FloatCase {
  return floatCase({
    name: `concat along ${'HWC'[axis]}, ${shapes.map((shape) => shape.join('x')).join(' and ')}`,
    op: 'concat',
    inputs: shapes,
    attributes: { axis },
    theirs: (inputs) => tf.concat(inputs, axis + 1),
  })
}

function slice(shape: Shape, begin: Shape, size: Shape): FloatCase {
  return floatCase({
    name: `slice, ${size.join('x')} of ${shape.join('x')} from ${begin.join(', ')}`,
    op: 'slice',
    inputs: [shape],
    attributes: { begin, size },
    theirs: ([x]) => tf.slice(x, [0, ...begin], [1, ...size]),
  })
}

export function spatialCases(): FloatCase[] {
  return [
    pool('maxPool', [112, 112, 64], { kernel: 3, stride: 2, around: 1 }),
    pool('maxPool', [28, 28, 67], { kernel: 2, stride: 2 }),
    pool('maxPool', [7, 7, 512], { kernel: 2, stride: 1 }),
    pool('maxPool', [14, 14, 3], { kernel: 3, stride: 1, around: 1 }),
    pool('averagePool', [56, 56, 64], { kernel: 2, stride: 2 }),
    pool('averagePool', [28, 28, 67], { kernel: 3, stride: 2, around: 1 }),
    pool('averagePool', [7, 7, 512], { kernel: 7, stride: 1 }),
    mean([7, 7, 512], [0, 1]),
    mean([56, 56, 64], [0, 1]),
    mean([14, 14, 67], [0, 1]),
    mean([28, 28, 64], [2]),
    mean([28, 28, 64], [0, 2]),
    resize('bilinear', [28, 28, 128], 56),
    resize('bilinear', [33, 33, 21], 129),
    resize('bilinear', [56, 56, 64], 28),
    resize('nearest', [28, 28, 128], 56),
    resize('nearest', [33, 33, 3], 129),
    pad([56, 56, 64], [1, 1, 1, 1]),
    pad([224, 224, 3], [3, 3, 3, 3]),
    concat(2, [28, 28, 128], [28, 28, 128]),
    concat(2, [56, 56, 3], [56, 56, 61]),
    concat(0, [28, 28, 67], [28, 28, 67]),
    slice([56, 56, 64], [0, 0, 32], [56, 56, 32]),
    slice([28, 28, 67], [3, 5, 1], [20, 19, 5]),
    slice([28, 28, 128], [7, 7, 0], [14, 14, 128]),
  ]
}
