/** The suite of tasks: both halves, from an annotation to a drawn prediction. */
import { checkArgument, checkOptions, rules, type Task, type ValueRules } from '@onebit/core'
import { type ConformanceCase, registerCases } from '../conformance-case.ts'
import { repeatable } from '../conformance-error.ts'
import { defaultSeed, Random } from '../random/random.ts'
import { definitionCases } from './definition-cases.ts'
import { lossCases } from './loss-cases.ts'
import { measureCases } from './measure-cases.ts'
import { runtimeCases } from './runtime-cases.ts'
import { subjectOf } from './subject.ts'
import type { TaskSuiteOptions } from './suite-options.ts'
import { targetCases } from './target-cases.ts'

const { anything, callback, integer, list, number, object, oneOf, record, text } = rules
const TASK = object({ kind: oneOf(['task']), name: text, runtime: callback })
const OPTIONS: ValueRules<Exclude<keyof TaskSuiteOptions, 'test'>> = {
  facts: record(rules.json),
  annotations: list(anything, { minimum: 2 }),
  perfect: callback,
  best: record(number()),
  wrong: list(anything),
  input: list(integer({ minimum: 1 }), { length: 3 }),
  head: record(anything),
  seed: number(),
}

/** The cases of `testTask`, to run them in other ways. */
export function taskCases(task: Task, options: Omit<TaskSuiteOptions, 'test'>): ConformanceCase[] {
  checkArgument('taskCases()', 'task', task, TASK)
  const { seed = defaultSeed() } = checkOptions('taskCases()', options, OPTIONS, ['facts', 'annotations', 'perfect'])
  const subject = subjectOf(task, options)
  const parts = [definitionCases, targetCases, lossCases, measureCases, runtimeCases]
  return parts
    .flatMap((part) => part(subject, new Random(seed)))
    .map(({ name, run }) => ({ name: `${task.name}: ${name}`, run: () => repeatable(seed, run) }))
}

/** Registers the suite with your runner: `testTask(counting, { test, facts: {}, annotations: [1, 4], perfect })`. */
export function testTask(task: Task, options: TaskSuiteOptions): void {
  const { test, ...suite } = checkOptions('testTask()', options, { ...OPTIONS, test: rules.callback }, ['test'])
  registerCases(taskCases(task, suite), test)
}
