/**
 * A transposed convolution of stride s as s x s plain ones. Outputs whose rows and columns leave the same remainder by s, a
 * phase, are reached by the same taps, and each of these taps reads an input for each of them; the other taps fall between two
 * strides. So no phase spends time on taps that read nothing.
 */
import type { Pair } from '@onebit/core'
import { type BitKernel, bitAt } from '../weights/bit-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'

/** One phase as a layer of its own; the pixels of its rows are `strides` apart in the output. */
export interface Phase {
  /** Undefined if no tap reaches the phase, so that its sums are 0. */
  readonly layer?: BinaryLayer
  readonly kernel: BitKernel
  /** Output row and column of the phase's first pixel. */
  readonly first: Pair
}

/** Along one axis: the taps that reach a phase, and its part of the geometry's table. */
interface Axis {
  readonly taps: readonly number[]
  readonly positions: number
  readonly table: Int32Array
}

/** `reaches(position, tap)` says whether the tap falls on a stride there. */
function axisOf(
  full: Int32Array,
  size: number,
  window: number,
  stride: number,
  first: number,
  reaches: (tap: number) => boolean,
): Axis {
  const taps = Array.from({ length: window }, (_, tap) => tap).filter(reaches)
  const positions = Math.ceil((size - first) / stride)
  const table = new Int32Array(positions * taps.length)
  for (let i = 0; i < positions; i++) {
    taps.forEach((tap, k) => {
      table[i * taps.length + k] = full[(first + i * stride) * window + tap]
    })
  }
  return { taps, positions, table }
}

/** The weights of some taps. */
function pickTaps(kernel: BitKernel, taps: readonly number[]): BitKernel {
  const { bits, outputs, channels } = kernel
  const picked = new Uint8Array(Math.ceil((outputs * taps.length * channels) / 8))
  let to = 0
  for (let output = 0; output < outputs; output++) {
    for (const tap of taps) {
      const from = (output * kernel.taps + tap) * channels
      for (let channel = 0; channel < channels; channel++, to++) picked[to >> 3] |= bitAt(bits, from + channel) << (to & 7)
    }
  }
  return { ...kernel, bits: picked, taps: taps.length }
}

/** Cuts a transposed layer, given with the geometry of all its taps, into phases. */
export function cutIntoPhases(
  layer: BinaryLayer,
  kernel: BitKernel,
  { strides, dilations, padding }: { strides: Pair; dilations: Pair; padding: readonly number[] },
): Phase[] {
  const { geometry, window, pixels, outputWidth } = layer
  const sizes = [pixels / outputWidth, outputWidth]
  const before = [padding[0], padding[2]]
  const phasesOf = (axis: 0 | 1, full: Int32Array): Axis[] =>
    Array.from({ length: Math.min(strides[axis], sizes[axis]) }, (_, first) =>
      axisOf(full, sizes[axis], window[axis], strides[axis], first, (tap) => {
        return (first + before[axis] - tap * dilations[axis]) % strides[axis] === 0
      }),
    )
  const [rows, columns] = [phasesOf(0, geometry.rows), phasesOf(1, geometry.columns)]
  return rows.flatMap((row, y) =>
    columns.map((column, x): Phase => {
      const taps = row.taps.flatMap((ky) => column.taps.map((kx) => ky * window[1] + kx))
      const part = {
        ...layer,
        geometry: { rows: row.table, columns: column.table },
        window: [row.taps.length, column.taps.length] as const,
        outputWidth: column.positions,
        pixels: row.positions * column.positions,
      }
      return { layer: taps.length > 0 ? part : undefined, kernel: pickTaps(kernel, taps), first: [y, x] }
    }),
  )
}
