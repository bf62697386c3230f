/** What becomes of a chunk of counts: accumulators, or floats with what follows them, or bits. */
import { type Argument, type Buffer, offsetBy, type Place } from '../program/buffer.ts'
import type { ProgramBuilder } from '../program/program-builder.ts'
import { panelRowBytes } from '../weights/table-weights.ts'

/** A chunk of counts: of the pixels `from` to `to`, `outputs` each. */
export interface Counts {
  readonly counts: Buffer | Place
  readonly bases: Buffer | Place
  /** Bytes from a pixel's base to the next one's: 0 where all have the same. */
  readonly baseBytes: 0 | 2
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
    emit({ counts, bases, baseBytes, countBytes, outputs: count, firstOutput, from, to }) {
      const place = { buffer: output, offset: 4 * (from * outputs + firstOutput) }
      builder.call('storeAccumulators', counts, bases, baseBytes, place, to - from, count, countBytes, 4 * outputs)
    },
  }
}

/** What the floats of a layer are computed with from its sums. */
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

/** Packs rows of numbers, `from` to `to` of the layer's pixels, that lie at `rows`. */
export type Pack = (rows: Argument, from: number, to: number) => void

/**
 * Floats, and bits of them where `pack` is given.
 * @param output The layer's value, or undefined where only the bits are read: then a chunk of floats is kept no longer.
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

/** Bits of the accumulators, which are kept for a chunk only. */
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
 * Bits straight from the counts.
 * @param panel Whether they become a panel.
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
