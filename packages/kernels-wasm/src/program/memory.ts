/** The memory of a network: where its buffers lie, and how long they live. */
import { type Lifetime, type MemoryPlan, planMemory } from '@onebit/core/compile'
import { type Buffer, bufferOf } from './buffer.ts'
import type { Step } from './schedule.ts'

const LIMITS = {
  /** Vectors are 16 bytes; a cache line is 64, and constants are read in whole lines. */
  alignment: 64,
  /**
   * Address 0 stays unused, the lookup tables of assembly/tables.ts follow at 64: 289 tables of 16 bytes; then 23 constants of 16 bytes
   * of assembly/constants.ts.
   */
  start: 64 + 289 * 16 + 23 * 16,
  /** Kernels may read this far past the end of a buffer. */
  slack: 64,
}

/** What memory is planned for. */
export interface PlannedProgram {
  readonly steps: readonly Step[]
  readonly inputs: readonly Buffer[]
  readonly outputs: readonly Buffer[]
}

/** First and last phase of every buffer that is no constant. Inputs are alive before the first phase, outputs after the last. */
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
