/** Runs a network compiled for several threads on one: the tasks of each phase in a random order, each as if on a random thread. */
import type { RunOutput } from '@onebit/core'
import type { Instance } from '../src/loading/kernels.ts'
import { resolve } from '../src/program/buffer.ts'
import type { CompiledGraph } from '../src/program/compile-graph.ts'
import { emptyOutputs, type Inputs, namedOutputs, readSamples, writeConstants, writeSamples } from '../src/program/transfer.ts'
import { takeTurns } from '../src/program/turns.ts'
import { groupSteps } from '../src/threads/thread-plan.ts'
import type { Random } from './random.ts'

/** @param threads As the program was compiled for. */
export function runShuffled(
  compiled: CompiledGraph,
  { memory, kernels }: Instance,
  inputs: Inputs,
  batch: number,
  threads: number,
  random: Random,
): Record<string, RunOutput> {
  const { programs } = compiled
  const results = emptyOutputs(programs[0], batch)
  const phases = programs.map(({ steps }) => groupSteps(steps))
  writeConstants(compiled, memory)
  for (const { program, first } of takeTurns(programs, batch)) {
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
