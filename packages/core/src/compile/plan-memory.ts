/** Gives every buffer its address. Buffers whose lifetimes do not meet share memory, as do programs, which run one after the other. */
import { PlacedBuffers } from './placed-buffers.ts'

/** A piece of one memory. */
export interface PlannedBuffer {
  readonly bytes: number
  /** In bytes; `planMemory` sets it. */
  address: number
}

/** When a buffer is in use: from one point of a program to another, both included. */
export interface Lifetime<Buffer extends PlannedBuffer = PlannedBuffer> {
  readonly buffer: Buffer
  readonly first: number
  readonly last: number
}

export interface MemoryLimits {
  /** Bytes that every address is a multiple of. */
  readonly alignment: number
  /** Bytes from address 0 on that stay as they are. */
  readonly start: number
  /** Bytes that must exist behind the last buffer. */
  readonly slack: number
}

export interface MemoryPlan {
  /** Bytes of memory that the programs need. */
  readonly bytes: number
  /** Bytes of it that constants take, with what lies before them. */
  readonly constantBytes: number
}

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
 * Sets the address of every buffer: constants first, each its own, and behind them all programs at the same place.
 * @param programs The lifetimes of each program's buffers, one a buffer.
 */
export function planMemory(
  constants: readonly PlannedBuffer[],
  programs: readonly (readonly Lifetime[])[],
  { alignment, start, slack }: MemoryLimits,
): MemoryPlan {
  const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment
  let constantBytes = align(start)
  for (const buffer of constants) {
    buffer.address = constantBytes
    constantBytes += align(buffer.bytes)
  }
  const end = programs.reduce((most, lifetimes) => Math.max(most, placeBuffers(lifetimes, constantBytes, align)), constantBytes)
  return { bytes: end + slack, constantBytes }
}
