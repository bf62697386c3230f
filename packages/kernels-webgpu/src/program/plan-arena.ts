/** Gives every buffer of a program its place in one GPU buffer. Buffers that live at different times share places. */
import { type Lifetime, type PlannedBuffer, planMemory } from '@onebit/core/compile'
import type { Buffer } from './buffer.ts'
import type { Program } from './program.ts'

interface Arena {
  /** Size in bytes. */
  readonly bytes: number
  /** Offset of each buffer, in bytes. */
  readonly offsets: ReadonlyMap<Buffer, number>
}

interface Use {
  first: number
  last: number
}

/** The first and last kernel that use each buffer. Inputs are written before all kernels, outputs are read after them. */
export function findLifetimes({ inputs, outputs, dispatches }: Program): ReadonlyMap<Buffer, Readonly<Use>> {
  const uses = new Map<Buffer, Use>()
  const use = (buffer: Buffer, at: number): void => {
    const known = uses.get(buffer)
    if (known) known.last = at
    else uses.set(buffer, { first: at, last: at })
  }
  for (const { value } of inputs) use(value.buffer, -1)
  for (const [index, { resources }] of dispatches.entries()) {
    for (const resource of resources) if (resource.kind === 'buffer') use(resource, index)
  }
  for (const { value } of outputs) use(value.buffer, dispatches.length)
  return uses
}

/**
 * The arena of a batch.
 * @param alignment Every offset is a multiple of this many bytes.
 */
export function planArena(program: Program, batch: number, alignment: number): Arena {
  const planned = new Map<Buffer, PlannedBuffer>()
  const lifetimes: Lifetime[] = []
  for (const [buffer, { first, last }] of findLifetimes(program)) {
    const place = { bytes: 4 * buffer.words * batch, address: 0 }
    planned.set(buffer, place)
    lifetimes.push({ buffer: place, first, last })
  }
  const { bytes } = planMemory([], [lifetimes], { alignment, start: 0, slack: 0 })
  return { bytes, offsets: new Map(Array.from(planned, ([buffer, { address }]) => [buffer, address])) }
}
