/** The suite of distillers: the loss, its gradients, its variables. */
import { checkArgument, checkOptions, type Distiller, rules, type ValueRules } from '@onebit/core'
import { type ConformanceCase, registerCases } from '../conformance-case.ts'
import { repeatable } from '../conformance-error.ts'
import { defaultSeed, Random } from '../random/random.ts'
import { gradientCases } from './gradient-cases.ts'
import { DistillerSubject } from './subject.ts'
import type { DistillerSuiteOptions } from './suite-options.ts'
import { valueCases } from './value-cases.ts'

const { anything, boolean, callback, integer, list, number, object, oneOf, record, text } = rules

const DISTILLER = object({ kind: oneOf(['distiller']), name: text, options: record(anything), loss: callback })
const shape = list(integer({ minimum: 1 }), { minimum: 1 })

const OPTIONS: ValueRules<Exclude<keyof DistillerSuiteOptions, 'test'>> = {
  options: record(anything),
  output: shape,
  logits: boolean,
  taps: object({ student: shape, teacher: shape }),
  zeroAtTeacher: boolean,
  seed: number(),
}

/**
 * The cases of `testDistiller`, to run them in other ways.
 * @throws OptionError on options that the distiller does not take.
 */
export function distillerCases(distiller: Distiller, options: Omit<DistillerSuiteOptions, 'test'> = {}): ConformanceCase[] {
  checkArgument('distillerCases()', 'distiller', distiller, DISTILLER)
  const { seed = defaultSeed() } = checkOptions('distillerCases()', options, OPTIONS)
  const subject = new DistillerSubject(distiller, options)
  const title = [distiller.name, options.options && JSON.stringify(options.options)].filter(Boolean).join(' ')
  return [valueCases, gradientCases]
    .flatMap((part) => part(subject, new Random(seed)))
    .map(({ name, run }) => ({ name: `${title}: ${name}`, run: () => repeatable(seed, run) }))
}

/** Registers the suite with your runner: `testDistiller(myDistiller, { test })`. */
export function testDistiller(distiller: Distiller, options: DistillerSuiteOptions): void {
  const { test, ...suite } = checkOptions('testDistiller()', options, { ...OPTIONS, test: callback }, ['test'])
  registerCases(distillerCases(distiller, suite), test)
}
