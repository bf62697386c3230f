/** Runs a network for several threads on one thread: the tasks of each phase in random order, each as if on a random thread. */

import type { RunInputs, RunOutput } from '@onebit/core'
import type { Random } from '@onebit/testkit/random'
import type { Instance } from '../src/loading/kernels.ts'
import { resolve } from '../src/program/buffer.ts'
import type { CompiledNetwork } from '../src/program/program.ts'
import { splitBatch } from '../src/run/split-batch.ts'
import { emptyOutputs, namedOutputs, readSamples, writeConstants, writeSamples } from '../src/run/transfer.ts'
import { groupSteps } from '../src/threads/thread-plan.ts'

/** @param threads Number of threads that the program was compiled for. */
export function runShuffled(
  compiled: CompiledNetwork,
  { memory, kernels }: Instance,
  inputs: RunInputs,
  batch: number,
  threads: number,
  random: Random,
): Record<string, RunOutput> {
  const { programs } = compiled
  const results = emptyOutputs(programs[0], batch)
  const phases = programs.map(({ steps }) => groupSteps(steps))
  writeConstants(compiled, memory)
  for (const { program, first } of splitBatch(programs, batch)) {
    writeSamples(programs[program], memory, inputs, first)
    for (const tasks of phases[program]) {
      for (const { steps } of tasks.map((steps) => ({ steps, at: random.next() })).sort((a, b) => a.at - b.at)) {
        const thread = random.integer(0, threads - 1)
        for (const step of steps) kernels[step.kernel](...step.arguments.map((argument) => resolve(argument, thread)))
      }
    }
    readSamples(programs[program], memory, results, first)
  }
  return namedOutputs(programs[0], results)
}
