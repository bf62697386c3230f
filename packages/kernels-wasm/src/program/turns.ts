/** Which program of a network takes which samples of a batch. */
import type { Program } from './lower-graph.ts'

export interface Turn {
  /** Its index. */
  readonly program: number
  /** The first sample that it takes. */
  readonly first: number
}

/** @param programs Those for most samples first; the last one takes one. Each takes what it can of those that are left. */
export function takeTurns(programs: readonly Pick<Program, 'samples'>[], batch: number): Turn[] {
  const turns: Turn[] = []
  let first = 0
  programs.forEach(({ samples }, program) => {
    for (; first + samples <= batch; first += samples) turns.push({ program, first })
  })
  return turns
}
