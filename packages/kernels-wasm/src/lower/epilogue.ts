/** What the table kernel does with a chunk of counts: accumulators, or floats with what follows them, or bits. */
import type { Pair } from '@onebit/core'
import { type Argument, type Buffer, offsetBy, type Place, type ProgramBuilder } from '../program/program-builder.ts'

/** A chunk of counts: of the pixels `from` to `to`, `outputs` each. */
export interface Counts {
  readonly counts: Buffer
  readonly bases: Buffer
  /** Bytes from pixel to pixel. */
  readonly countBytes: number
  readonly outputs: number
  /** First of these outputs among all of the layer. */
  readonly firstOutput: number
  readonly from: number
  readonly to: number
}

export interface Epilogue {
  /** Adds the steps for one chunk. */
  emit(chunk: Counts): void
}

/** Accumulators as the layer's value of `outputs` channels. */
export function accumulatorEpilogue(builder: ProgramBuilder, output: Buffer, outputs: number): Epilogue {
  return {
    emit({ counts, bases, countBytes, outputs: count, firstOutput, from, to }) {
      const place = { buffer: output, offset: 4 * (from * outputs + firstOutput) }
      builder.call('storeAccumulators', counts, bases, place, to - from, count, countBytes, 4 * outputs)
    },
  }
}

/** Where the pixels of one phase of a transposed convolution lie in its output. */
export interface PhasePlace {
  /** Row and column of the first. */
  readonly first: Pair
  /** Rows and columns from pixel to pixel. */
  readonly strides: Pair
  /** Pixels of the phase in a row. */
  readonly width: number
  /** Pixels of the output in a row. */
  readonly outputWidth: number
}

/** Accumulators of one phase, a row of pixels at a time, into a value of `outputs` channels. */
export function phaseEpilogue(
  builder: ProgramBuilder,
  output: Buffer,
  outputs: number,
  { first, strides, width, outputWidth }: PhasePlace,
): Epilogue {
  return {
    emit({ counts, bases, countBytes, from, to }) {
      for (let pixel = from, end = from; pixel < to; pixel = end) {
        const [row, column] = [Math.floor(pixel / width), pixel % width]
        end = Math.min(to, (row + 1) * width)
        const at = (first[0] + row * strides[0]) * outputWidth + first[1] + column * strides[1]
        const place = { buffer: output, offset: 4 * at * outputs }
        const source = [offsetBy(counts, (pixel - from) * countBytes), offsetBy(bases, 2 * (pixel - from))]
        builder.call('storeAccumulators', ...source, place, end - pixel, outputs, countBytes, 4 * strides[1] * outputs)
      }
    },
  }
}

/** What follows the sums in a float layer. */
export interface FloatTail {
  /** Flags of assembly/epilogue.ts. */
  readonly kind: number
  readonly scale: Buffer
  readonly shift: Buffer
  readonly slope?: Buffer
  readonly shortcut?: Buffer
  /** One factor per output. */
  readonly gate?: Buffer
}

/** Packs rows of numbers, `from` to `to` of the layer's pixels, that lie at `rows`. */
export type Pack = (rows: Argument, from: number, to: number) => void

/**
 * Floats, and bits of them where `pack` is given.
 * @param output The layer's value, or undefined where only the bits are read: then a chunk of floats is kept no longer.
 */
export function floatEpilogue(
  builder: ProgramBuilder,
  tail: FloatTail,
  output: Buffer | undefined,
  chunk: number,
  outputs: number,
  pack: Pack | undefined,
): Epilogue {
  const rows = output ?? builder.scratch(4 * chunk * outputs)
  const { kind, scale, shift, slope, shortcut, gate } = tail
  return {
    emit({ counts, bases, countBytes, from, to }) {
      const offset = 4 * from * outputs
      const place: Place = { buffer: rows, offset: output ? offset : 0 }
      const second = shortcut ? { buffer: shortcut, offset } : 0
      const constants = [scale, shift, slope ?? 0, second, gate ?? 0]
      builder.call('storeFloats', counts, bases, place, to - from, outputs, countBytes, kind, ...constants)
      pack?.(place, from, to)
    },
  }
}

/** Bits of the accumulators, which are kept for a chunk only. */
export function bitEpilogue(builder: ProgramBuilder, chunk: number, outputs: number, pack: Pack): Epilogue {
  const rows = builder.scratch(4 * chunk * outputs)
  return {
    emit({ counts, bases, countBytes, from, to }) {
      builder.call('storeAccumulators', counts, bases, rows, to - from, outputs, countBytes, 4 * outputs)
      pack(rows, from, to)
    },
  }
}

/** Bits straight from the counts. */
export function packedEpilogue(builder: ProgramBuilder, output: Buffer, limits: Buffer, first: Buffer): Epilogue {
  return {
    emit({ counts, bases, countBytes, outputs, from, to }) {
      const place = { buffer: output, offset: from * (outputs / 8) }
      builder.call('packCounts', counts, bases, place, to - from, outputs, countBytes, limits, first)
    },
  }
}
