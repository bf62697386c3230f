/** The memory of a network: addresses and lifetimes of its buffers. */
import { type Lifetime, type MemoryPlan, planMemory } from '@onebit/core/compile'
import { type Buffer, bufferOf } from './buffer.ts'
import type { Step } from './schedule.ts'

const LIMITS = {
  /** A cache line. Constants are read in whole lines. Vectors are 16 bytes. */
  alignment: 64,
  /**
   * Address 0 stays unused. The lookup tables of assembly/tables.ts follow at 64: 289 tables of 16 bytes. Then come the 23 constants of
   * assembly/constants.ts, 16 bytes each.
   */
  start: 64 + 289 * 16 + 23 * 16,
  /** Kernels may read this far past the end of a buffer. */
  slack: 64,
}

/** A program that needs memory. */
export interface PlannedProgram {
  readonly steps: readonly Step[]
  readonly inputs: readonly Buffer[]
  readonly outputs: readonly Buffer[]
}

/** First and last phase of every buffer except constants. Inputs are alive before the first phase, outputs after the last. */
function lifetimes({ steps, inputs, outputs }: PlannedProgram): Lifetime[] {
  const alive = new Map<Buffer, { readonly buffer: Buffer; readonly first: number; last: number }>()
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

/** Sets the address of every buffer of a network's programs. */
export function placeBuffers(constants: readonly Buffer[], programs: readonly PlannedProgram[]): MemoryPlan {
  return planMemory(constants, programs.map(lifetimes), LIMITS)
}
