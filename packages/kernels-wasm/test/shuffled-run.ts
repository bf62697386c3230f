/** Runs a program for several threads on one: the tasks of each phase in a random order, each as if on a random thread. */
import type { RunOutput } from '@onebit/core'
import type { Instance } from '../src/loading/kernels.ts'
import type { Program } from '../src/program/compile-graph.ts'
import { resolve } from '../src/program/program-builder.ts'
import { emptyOutputs, type Inputs, namedOutputs, readSample, writeConstants, writeSample } from '../src/program/transfer.ts'
import { groupSteps } from '../src/threads/thread-plan.ts'
import type { Random } from './random.ts'

/** @param threads As the program was compiled for. */
export function runShuffled(
  program: Program,
  { memory, kernels }: Instance,
  inputs: Inputs,
  batch: number,
  threads: number,
  random: Random,
): Record<string, RunOutput> {
  const results = emptyOutputs(program, batch)
  const phases = groupSteps(program.steps)
  writeConstants(program, memory)
  for (let sample = 0; sample < batch; sample++) {
    writeSample(program, memory, inputs, sample)
    for (const tasks of phases) {
      for (const { steps } of tasks.map((steps) => ({ steps, at: random.next() })).sort((a, b) => a.at - b.at)) {
        const thread = random.integer(0, threads - 1)
        for (const step of steps) kernels[step.kernel](...step.arguments.map((argument) => resolve(argument, thread)))
      }
    }
    readSample(program, memory, results, sample)
  }
  return namedOutputs(program, results)
}
