/** Gives every buffer its address. Buffers share memory if their lifetimes do not meet. Programs share it as they run in turn. */
import { checkArguments } from '../options/check-options.ts'
import { integer, list, number, object } from '../options/value-rules.ts'
import { PlacedBuffers } from './placed-buffers.ts'

/** A piece of one memory. */
export interface PlannedBuffer {
  readonly bytes: number
  /** In bytes; `planMemory` sets it. */
  address: number
}

/** Time of use of a buffer: from one point of a program to another, both included. */
export interface Lifetime<Buffer extends PlannedBuffer = PlannedBuffer> {
  readonly buffer: Buffer
  readonly first: number
  readonly last: number
}

export interface MemoryLimits {
  /** Every address is a multiple of this many bytes. */
  readonly alignment: number
  /** No buffer uses the bytes from address 0 up to this one. */
  readonly start: number
  /** Bytes that must exist behind the last buffer. */
  readonly slack: number
}

export interface MemoryPlan {
  /** Bytes of memory that the programs need. */
  readonly bytes: number
  /** Bytes up to the end of the constants, everything before them included. */
  readonly constantBytes: number
}

const count = integer({ minimum: 0 })
const buffer = object({ bytes: count })
/** What lives to the end has no last point. */
const lifetime = object({ buffer, first: integer(), last: number({ maximum: Number.POSITIVE_INFINITY }) })
const limitsRule = object({ alignment: integer({ minimum: 1 }), start: count, slack: count })

/** Places a program's buffers from `start` on: largest first, each at the lowest address where it meets none that lives at the same time. */
function placeBuffers(lifetimes: readonly Lifetime[], start: number, align: (bytes: number) => number): number {
  let end = start
  const placed = new PlacedBuffers()
  for (const lifetime of lifetimes.toSorted((a, b) => b.buffer.bytes - a.buffer.bytes)) {
    const bytes = align(lifetime.buffer.bytes)
    const address = placed.place(lifetime, bytes, start)
    lifetime.buffer.address = address
    end = Math.max(end, address + bytes)
  }
  return end
}

/**
 * Sets the address of every buffer. Constants come first, each at its own address. All programs follow at the same place.
 * @param programs For each program, one lifetime per buffer.
 * @throws OptionError on sizes, times and limits that are none.
 */
export function planMemory(
  constants: readonly PlannedBuffer[],
  programs: readonly (readonly Lifetime[])[],
  limits: MemoryLimits,
): MemoryPlan {
  checkArguments('planMemory()', {
    constants: [constants, list(buffer)],
    programs: [programs, list(list(lifetime))],
    limits: [limits, limitsRule],
  })
  const { alignment, start, slack } = limits
  const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment
  let constantBytes = align(start)
  for (const buffer of constants) {
    buffer.address = constantBytes
    constantBytes += align(buffer.bytes)
  }
  const end = programs.reduce((most, lifetimes) => Math.max(most, placeBuffers(lifetimes, constantBytes, align)), constantBytes)
  return { bytes: end + slack, constantBytes }
}
