/** Gives every buffer its address. Buffers whose lifetimes do not meet share memory, as do programs, which run one after the other. */
import { type Buffer, bufferOf } from './buffer.ts'
import type { Step } from './schedule.ts'

/** Vectors are 16 bytes; a cache line is 64, and constants are read in whole lines. */
const ALIGNMENT = 64
/**
 * Address 0 stays unused, the lookup tables of assembly/tables.ts follow at 64: 289 tables of 16 bytes; then 23 constants of 16 bytes
 * of assembly/constants.ts.
 */
const RESERVED = 64 + 289 * 16 + 23 * 16
/** Kernels may read this far past the end of a buffer. */
const SLACK = 64

export interface MemoryPlan {
  /** Bytes of memory that the programs need. */
  readonly bytes: number
  /** Bytes of it that constants take. */
  readonly constantBytes: number
}

/** What memory is planned for. */
export interface PlannedProgram {
  readonly steps: readonly Step[]
  readonly inputs: readonly Buffer[]
  readonly outputs: readonly Buffer[]
}

interface Lifetime {
  readonly buffer: Buffer
  readonly first: number
  last: number
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

/** First and last phase of every buffer that is no constant. Inputs are alive before the first phase, outputs after the last. */
function lifetimes({ steps, inputs, outputs }: PlannedProgram): Lifetime[] {
  const alive = new Map<Buffer, Lifetime>()
  const touch = (buffer: Buffer, phase: number): void => {
    if (buffer.data) return
    const known = alive.get(buffer)
    if (known) known.last = phase
    else alive.set(buffer, { buffer, first: phase, last: phase })
  }
  for (const buffer of inputs) touch(buffer, -1)
  for (const { arguments: list, phase } of steps) {
    for (const argument of list) {
      const buffer = bufferOf(argument)
      if (buffer) touch(buffer, phase)
    }
  }
  for (const buffer of outputs) touch(buffer, Number.POSITIVE_INFINITY)
  return [...alive.values()]
}

/** Places a program's buffers from `start` on: largest first, each at the lowest address where it meets none that lives at the same time. */
function placeBuffers(program: PlannedProgram, start: number): number {
  let end = start
  const placed: Lifetime[] = []
  const bySize = lifetimes(program).sort((a, b) => b.buffer.bytes - a.buffer.bytes)
  for (const lifetime of bySize) {
    const { buffer, first, last } = lifetime
    let address = start
    for (const other of placed) {
      if (other.first > last || other.last < first) continue
      if (address + align(buffer.bytes) <= other.buffer.address) break
      address = Math.max(address, other.buffer.address + align(other.buffer.bytes))
    }
    buffer.address = address
    end = Math.max(end, address + align(buffer.bytes))
    const next = placed.findIndex((other) => other.buffer.address > address)
    placed.splice(next < 0 ? placed.length : next, 0, lifetime)
  }
  return end
}

/** Sets the address of every buffer: constants first, each its own, and behind them all programs at the same place. */
export function planMemory(constants: readonly Buffer[], programs: readonly PlannedProgram[]): MemoryPlan {
  let constantEnd = align(RESERVED)
  for (const buffer of constants) {
    buffer.address = constantEnd
    constantEnd += align(buffer.bytes)
  }
  const ends = programs.map((program) => placeBuffers(program, constantEnd))
  return { bytes: Math.max(constantEnd, ...ends) + SLACK, constantBytes: constantEnd }
}
