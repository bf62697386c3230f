/** Turns a chunk of counts into accumulators, into floats with their followers, or into bits. */
import { type Argument, type Buffer, offsetBy, type Place } from '../program/buffer.ts'
import type { ProgramBuilder } from '../program/program-builder.ts'
import { panelRowBytes } from '../weights/table-weights.ts'

/** A chunk of counts: `outputs` for each of the pixels `from` to `to`. */
export interface Counts {
  readonly counts: Buffer | Place
  readonly bases: Buffer | Place
  /** Bytes from a pixel's base to the next one's. 0 if all pixels share one. */
  readonly baseBytes: 0 | 2
  /** Bytes from pixel to pixel. */
  readonly countBytes: number
  readonly outputs: number
  /** Index of the first of these outputs in the layer. */
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
    emit({ counts, bases, baseBytes, countBytes, outputs: count, firstOutput, from, to }) {
      const place = { buffer: output, offset: 4 * (from * outputs + firstOutput) }
      builder.call('storeAccumulators', counts, bases, baseBytes, place, to - from, count, countBytes, 4 * outputs)
    },
  }
}

/** Constants for computing the floats of a layer from its sums. */
export interface EpilogueConstants {
  /** Flags of assembly/epilogue.ts. */
  readonly kind: number
  readonly scale: Buffer
  readonly shift: Buffer
  readonly slope?: Buffer
  readonly shortcut?: Buffer
  /** One factor per output. */
  readonly gate?: Buffer
}

/** Packs the numbers at `rows`, which belong to the layer's pixels `from` to `to`. */
export type Pack = (rows: Argument, from: number, to: number) => void

/**
 * Floats, and their bits if `pack` is given.
 * @param output The layer's value. Undefined if only the bits are read; then the floats live only for a chunk.
 */
export function floatEpilogue(
  builder: ProgramBuilder,
  constants: EpilogueConstants,
  output: Buffer | undefined,
  chunk: number,
  outputs: number,
  pack: Pack | undefined,
): Epilogue {
  const rows = output ?? builder.scratch(4 * chunk * outputs)
  const { kind, scale, shift, slope, shortcut, gate } = constants
  return {
    emit({ counts, bases, baseBytes, countBytes, from, to }) {
      const offset = 4 * from * outputs
      const place: Place = { buffer: rows, offset: output ? offset : 0 }
      const second = shortcut ? { buffer: shortcut, offset } : 0
      const buffers = [scale, shift, slope ?? 0, second, gate ?? 0]
      builder.call('storeFloats', counts, bases, baseBytes, place, to - from, outputs, countBytes, kind, ...buffers)
      pack?.(place, from, to)
    },
  }
}

/** Bits of the accumulators. These live only for a chunk. */
export function bitEpilogue(builder: ProgramBuilder, chunk: number, outputs: number, pack: Pack): Epilogue {
  const rows = builder.scratch(4 * chunk * outputs)
  return {
    emit({ counts, bases, baseBytes, countBytes, from, to }) {
      builder.call('storeAccumulators', counts, bases, baseBytes, rows, to - from, outputs, countBytes, 4 * outputs)
      pack(rows, from, to)
    },
  }
}

/**
 * Bits directly from the counts.
 * @param panel True if they become a panel.
 */
export function packedEpilogue(builder: ProgramBuilder, output: Buffer, limits: Buffer, first: Buffer, panel: boolean): Epilogue {
  return {
    emit({ counts, bases, baseBytes, countBytes, outputs, from, to }) {
      const sizes = [to - from, outputs, countBytes]
      if (panel) {
        const rowBytes = panelRowBytes(outputs / 4)
        const place = offsetBy(output, (from / 2) * rowBytes)
        builder.call('packCountPairs', counts, bases, baseBytes, place, ...sizes, limits, first, rowBytes)
      } else {
        builder.call('packCounts', counts, bases, baseBytes, offsetBy(output, from * (outputs / 8)), ...sizes, limits, first)
      }
    },
  }
}
