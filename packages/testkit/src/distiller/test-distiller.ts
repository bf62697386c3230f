/** The suite of distillers: the loss, its gradients, its variables. */
import type { Distiller } from '@onebit/core'
import { type ConformanceCase, registerCases } from '../conformance-case.ts'
import { repeatable } from '../conformance-error.ts'
import { defaultSeed, Random } from '../random/random.ts'
import { gradientCases } from './gradient-cases.ts'
import { DistillerSubject } from './subject.ts'
import type { DistillerSuiteOptions } from './suite-options.ts'
import { valueCases } from './value-cases.ts'

/**
 * The cases of `testDistiller`, for other ways to run them.
 * @throws OptionError on options that the distiller does not take.
 */
export function distillerCases(distiller: Distiller, options: Omit<DistillerSuiteOptions, 'test'> = {}): ConformanceCase[] {
  const { seed = defaultSeed() } = options
  const subject = new DistillerSubject(distiller, options)
  const title = [distiller.name, options.options && JSON.stringify(options.options)].filter(Boolean).join(' ')
  return [valueCases, gradientCases]
    .flatMap((part) => part(subject, new Random(seed)))
    .map(({ name, run }) => ({ name: `${title}: ${name}`, run: () => repeatable(seed, run) }))
}

/** Registers the suite with your runner: `testDistiller(myDistiller, { test })`. */
export function testDistiller(distiller: Distiller, options: DistillerSuiteOptions): void {
  registerCases(distillerCases(distiller, options), options.test)
}
