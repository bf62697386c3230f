/** Divides the samples of a batch among the programs of a network. */
import type { Program } from '../program/program.ts'

/** Samples that run at once. */
export interface BatchPart {
  /** The index of the program that takes them. */
  readonly program: number
  /** The first of these samples. */
  readonly first: number
}

/** @param programs Programs for the most samples first. Each takes as many of the remaining samples as it can. The last takes one. */
export function splitBatch(programs: readonly Pick<Program, 'samples'>[], batch: number): BatchPart[] {
  const parts: BatchPart[] = []
  let first = 0
  programs.forEach(({ samples }, program) => {
    for (; first + samples <= batch; first += samples) parts.push({ program, first })
  })
  return parts
}
