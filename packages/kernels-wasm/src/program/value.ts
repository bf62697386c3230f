/** Values of a graph in WebAssembly memory. */
import { elementCount, type RunInput, type RunOutput, type ValueType } from '@onebit/core'
import { panelRowBytes } from '../weights/table-weights.ts'
import type { Buffer } from './buffer.ts'

export interface Value extends ValueType {
  readonly buffer: Buffer
  /** True for bits stored as the panel of a 1x1 layer, see compile/panel-layout.ts. */
  readonly isPanel?: boolean
}

/** Size of the last axis, 1 for a scalar. */
export function channelsOf({ shape }: Pick<ValueType, 'shape'>): number {
  return shape.at(-1) ?? 1
}

/** Number of rows along the last axis. */
export function rowsOf({ shape }: Pick<ValueType, 'shape'>): number {
  return elementCount(shape.slice(0, -1))
}

/** Bytes of a bit row: each is padded to whole bytes. */
export function bitRowBytes(channels: number): number {
  return Math.ceil(channels / 8)
}

/** Bytes of a value. */
export function valueBytes(type: ValueType): number {
  return type.dtype === 'bit' ? rowsOf(type) * bitRowBytes(channelsOf(type)) : 4 * elementCount(type.shape)
}

/** Bytes of bits stored as a panel: a row for every two pixels. */
export function panelBytes(type: ValueType): number {
  return Math.ceil(rowsOf(type) / 2) * panelRowBytes(channelsOf(type) / 4)
}

/** Copies a graph input, which is real or bits, from index `start` of `values` on. */
export function writeValue(memory: WebAssembly.Memory, value: Value, values: RunInput, start: number): void {
  const { buffer, dtype } = value
  const count = elementCount(value.shape)
  if (dtype !== 'bit') {
    new Float32Array(memory.buffer, buffer.address, count).set(values.subarray(start, start + count))
    return
  }
  const channels = channelsOf(value)
  const rowBytes = bitRowBytes(channels)
  const bytes = new Uint8Array(memory.buffer, buffer.address, valueBytes(value)).fill(0)
  for (let i = 0; i < count; i++) {
    const channel = i % channels
    if (values[start + i] > 0) bytes[Math.floor(i / channels) * rowBytes + (channel >> 3)] |= 1 << (channel & 7)
  }
}

/** Copies a value into `result` from index `start` on. */
export function readValue(memory: WebAssembly.Memory, value: Value, result: RunOutput, start: number): void {
  const { buffer, dtype } = value
  const count = elementCount(value.shape)
  if (dtype === 'float32') {
    result.set(new Float32Array(memory.buffer, buffer.address, count), start)
  } else if (dtype === 'int32') {
    result.set(new Int32Array(memory.buffer, buffer.address, count), start)
  } else {
    const channels = channelsOf(value)
    const rowBytes = bitRowBytes(channels)
    const bytes = new Uint8Array(memory.buffer, buffer.address, valueBytes(value))
    for (let i = 0; i < count; i++) {
      const channel = i % channels
      const bit = (bytes[Math.floor(i / channels) * rowBytes + (channel >> 3)] >> (channel & 7)) & 1
      result[start + i] = bit ? 1 : -1
    }
  }
}
