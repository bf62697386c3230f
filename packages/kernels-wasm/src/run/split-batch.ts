/** Which program of a network takes which samples of a batch. */
import type { Program } from '../program/program.ts'

/** Samples that run at once. */
export interface BatchPart {
  /** The index of the program that takes them. */
  readonly program: number
  /** The first of them. */
  readonly first: number
}

/** @param programs Those for most samples first; the last one takes one. Each takes what it can of those that are left. */
export function splitBatch(programs: readonly Pick<Program, 'samples'>[], batch: number): BatchPart[] {
  const parts: BatchPart[] = []
  let first = 0
  programs.forEach(({ samples }, program) => {
    for (; first + samples <= batch; first += samples) parts.push({ program, first })
  })
  return parts
}
