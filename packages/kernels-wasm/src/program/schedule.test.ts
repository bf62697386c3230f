import { expect, it } from 'vitest'
import { divideWork } from './divide-work.ts'
import { ProgramBuilder } from './program-builder.ts'
import { schedule } from './schedule.ts'

/** A small network: two branches meet in a sum. One of them is a chain of single calls. */
function branches(threads: number): ProgramBuilder {
  const builder = new ProgramBuilder(threads)
  const input = builder.allocate(4096)
  const operation = (
    kernel: 'relu' | 'meanOfRows' | 'sigmoid' | 'add',
    tasks: number,
    ...inputs: ReturnType<typeof builder.allocate>[]
  ) => {
    builder.beginOperation()
    const output = builder.allocate(4096)
    builder.parallel(divideWork(tasks, { unit: 1 }, tasks > 1 ? threads : 1), () => builder.call(kernel, ...inputs, output))
    return output
  }
  const wide = operation('relu', 8, input)
  const gate = operation('sigmoid', 1, operation('meanOfRows', 1, input))
  operation('add', 8, wide, gate)
  return builder
}

it('lets branches share a phase, and keeps what needs something behind it', () => {
  const steps = schedule(branches(2).pieces, 2)
  const phasesOf = (name: string): number[] => [
    ...new Set(steps.filter(({ kernel }) => kernel === name).map(({ phase }) => phase)),
  ]
  expect(phasesOf('meanOfRows')).toEqual(phasesOf('relu'))
  expect(phasesOf('sigmoid')).toEqual(phasesOf('relu'))
  expect(phasesOf('add')[0]).toBeGreaterThan(phasesOf('relu')[0])
  const [mean, sigmoid] = ['meanOfRows', 'sigmoid'].map((name) => steps.find(({ kernel }) => kernel === name)!)
  expect(mean.task).toBe(sigmoid.task)
})

it('keeps the order on one thread', () => {
  expect(schedule(branches(1).pieces, 1).map(({ kernel, phase }) => [kernel, phase])).toEqual([
    ['relu', 0],
    ['meanOfRows', 1],
    ['sigmoid', 2],
    ['add', 3],
  ])
})
