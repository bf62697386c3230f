/** Values between arrays and device memory. */
import { elementCount, type RunInput, type RunOutput, type ValueType } from '@onebit/core'
import { channelsOf, rowsOf, type Value, wordsOf } from '../program/value.ts'

/** An array for a batch of a value. */
export function emptyOutput({ dtype, shape }: ValueType, batch: number): RunOutput {
  const count = batch * elementCount(shape)
  if (dtype === 'float32') return new Float32Array(count)
  return dtype === 'bit' ? new Int8Array(count) : new Int32Array(count)
}

/** Packs +-1 into words. Every row begins with a new word. */
export function packRows(signs: ArrayLike<number>, type: Pick<ValueType, 'shape'>, samples: number): Uint32Array {
  const channels = channelsOf(type)
  const words = wordsOf(channels)
  const packed = new Uint32Array(samples * rowsOf(type) * words)
  for (let i = 0; i < signs.length; i++) {
    const channel = i % channels
    if (signs[i] > 0) packed[((i - channel) / channels) * words + (channel >> 5)] |= 1 << (channel & 31)
  }
  return packed
}

function unpackRows(packed: Uint32Array, channels: number, result: RunOutput, start: number): void {
  const words = wordsOf(channels)
  for (let row = 0; row < packed.length / words; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const bit = (packed[row * words + (channel >> 5)] >>> (channel & 31)) & 1
      result[start + row * channels + channel] = bit ? 1 : -1
    }
  }
}

/** The words of an input for the device: `samples` of the batch, from `first` on. */
export function inputWords({ dtype, shape }: Value, given: RunInput, first: number, samples: number): Float32Array | Uint32Array {
  const count = elementCount(shape)
  const some = given.subarray(first * count, (first + samples) * count)
  return dtype === 'bit' ? packRows(some, { shape }, samples) : (some as Float32Array)
}

/** Writes the bytes of a value from the device to `result`, as samples from `first` on. */
export function takeOutput({ dtype, shape }: Value, bytes: ArrayBuffer, result: RunOutput, first: number): void {
  const start = first * elementCount(shape)
  if (dtype === 'bit') unpackRows(new Uint32Array(bytes), channelsOf({ shape }), result, start)
  else result.set(dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes), start)
}
