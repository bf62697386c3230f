/** Pools, means, resizing and changes of shape as plain loops. */
import type { AveragePoolAttributes, PoolAttributes, ResizeAttributes } from '../graph/ops/spatial.ts'
import { bilinearPosition, nearestPosition } from './resize-positions.ts'
import type { ReferenceValue } from './values.ts'

type Image = readonly [number, number, number]

/** Calls `visit` for every output element with the elements of its window that lie inside the input. */
function eachWindow(
  input: ReferenceValue,
  { size, strides, padding }: PoolAttributes,
  output: ReferenceValue,
  batch: number,
  visit: (outputIndex: number, inputIndices: readonly number[]) => void,
): void {
  const [height, width, channels] = input.shape as Image
  const [outputHeight, outputWidth] = output.shape as Image
  const [top, , left] = padding
  let next = 0
  for (let sample = 0; sample < batch; sample++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        for (let channel = 0; channel < channels; channel++) {
          const inside: number[] = []
          // Visits only taps inside the input, because a window may be far larger than it.
          const [firstRow, firstColumn] = [y * strides[0] - top, x * strides[1] - left]
          const [endRow, endColumn] = [Math.min(firstRow + size[0], height), Math.min(firstColumn + size[1], width)]
          for (let row = Math.max(firstRow, 0); row < endRow; row++) {
            for (let column = Math.max(firstColumn, 0); column < endColumn; column++) {
              inside.push(((sample * height + row) * width + column) * channels + channel)
            }
          }
          visit(next++, inside)
        }
      }
    }
  }
}

export function maxPool(input: ReferenceValue, attributes: PoolAttributes, output: ReferenceValue, batch: number): void {
  eachWindow(input, attributes, output, batch, (index, inside) => {
    let largest = Number.NEGATIVE_INFINITY
    for (const i of inside) if (input.data[i] > largest) largest = input.data[i]
    output.data[index] = largest
  })
}

export function averagePool(
  input: ReferenceValue,
  attributes: AveragePoolAttributes,
  output: ReferenceValue,
  batch: number,
): void {
  const { size, countPadding } = attributes
  eachWindow(input, attributes, output, batch, (index, inside) => {
    let sum = 0
    for (const i of inside) sum = Math.fround(sum + input.data[i])
    output.data[index] = sum / Math.fround(countPadding ? size[0] * size[1] : inside.length)
  })
}

export function mean(input: ReferenceValue, axes: readonly number[], output: ReferenceValue, batch: number): void {
  const { shape } = input
  const count = input.data.length / batch
  const outputCount = output.data.length / batch
  const strides = new Array<number>(shape.length).fill(0)
  const summed = new Set(axes)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (summed.has(axis)) continue
    strides[axis] = stride
    stride *= shape[axis]
  }
  for (let sample = 0; sample < batch; sample++) {
    for (let i = 0; i < count; i++) {
      let rest = i
      let target = sample * outputCount
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        target += (rest % shape[axis]) * strides[axis]
        rest = Math.floor(rest / shape[axis])
      }
      output.data[target] += input.data[sample * count + i]
    }
  }
  const divisor = Math.fround(count / outputCount)
  for (let i = 0; i < output.data.length; i++) output.data[i] /= divisor
}

export function resize(input: ReferenceValue, attributes: ResizeAttributes, output: ReferenceValue, batch: number): void {
  const [height, width, channels] = input.shape as Image
  const [outputHeight, outputWidth] = output.shape as Image
  const at = (sample: number, row: number, column: number, channel: number): number =>
    input.data[((sample * height + row) * width + column) * channels + channel]
  let next = 0
  for (let sample = 0; sample < batch; sample++) {
    for (let y = 0; y < outputHeight; y++) {
      const nearestRow = nearestPosition(y, height, outputHeight, attributes)
      const row = bilinearPosition(y, height, outputHeight, attributes)
      for (let x = 0; x < outputWidth; x++) {
        const nearestColumn = nearestPosition(x, width, outputWidth, attributes)
        const column = bilinearPosition(x, width, outputWidth, attributes)
        const mixed = (y: number, channel: number): number =>
          interpolate(at(sample, y, column.first, channel), at(sample, y, column.second, channel), column.fraction)
        for (let channel = 0; channel < channels; channel++) {
          output.data[next++] =
            attributes.method === 'nearest'
              ? at(sample, nearestRow, nearestColumn, channel)
              : interpolate(mixed(row.first, channel), mixed(row.second, channel), row.fraction)
        }
      }
    }
  }
}

/** `a + (b - a) * fraction`, each step rounded to float32. */
function interpolate(a: number, b: number, fraction: number): number {
  return Math.fround(a + Math.fround(Math.fround(b - a) * fraction))
}

export function pad(
  input: ReferenceValue,
  top: number,
  left: number,
  value: number,
  output: ReferenceValue,
  batch: number,
): void {
  const [height, width, channels] = input.shape as Image
  const [outputHeight, outputWidth] = output.shape as Image
  output.data.fill(value)
  for (let sample = 0; sample < batch; sample++) {
    for (let row = 0; row < height; row++) {
      const from = (sample * height + row) * width * channels
      const to = ((sample * outputHeight + row + top) * outputWidth + left) * channels
      output.data.set(input.data.subarray(from, from + width * channels), to)
    }
  }
}

export function concat(inputs: readonly ReferenceValue[], axis: number, output: ReferenceValue, batch: number): void {
  const outer = batch * output.shape.slice(0, axis).reduce((count, size) => count * size, 1)
  let to = 0
  for (let block = 0; block < outer; block++) {
    for (const { data } of inputs) {
      const length = data.length / outer
      output.data.set(data.subarray(block * length, (block + 1) * length), to)
      to += length
    }
  }
}

export function slice(input: ReferenceValue, begin: readonly number[], output: ReferenceValue, batch: number): void {
  const { shape } = input
  const count = output.data.length / batch
  const inputCount = input.data.length / batch
  for (let sample = 0; sample < batch; sample++) {
    for (let i = 0; i < count; i++) {
      let rest = i
      let from = sample * inputCount
      let stride = 1
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        from += ((rest % output.shape[axis]) + begin[axis]) * stride
        rest = Math.floor(rest / output.shape[axis])
        stride *= shape[axis]
      }
      output.data[sample * count + i] = input.data[from]
    }
  }
}
