/** The suite of quantizers: the requirements for all of them, as cases for any test runner. */
import { checkArgument, checkOptions, completeOptions, type Quantizer, rules, type ValueRules } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { type ConformanceCase, registerCases } from '../conformance-case.ts'
import { repeatable } from '../conformance-error.ts'
import { defaultSeed, Random } from '../random/random.ts'
import { definitionCases } from './definition-cases.ts'
import { freezingCases } from './freezing-cases.ts'
import { gradientCases } from './gradient-cases.ts'
import { layerCases } from './layer-cases.ts'
import { levelCases } from './level-cases.ts'
import { resourceCases } from './resource-cases.ts'
import { scheduleCases } from './schedule-cases.ts'
import type { Subject } from './subject.ts'
import type { QuantizerSuiteOptions } from './suite-options.ts'

const { boolean, callback, list, object, oneOf, record, text } = rules
const QUANTIZER = object({
  kind: oneOf(['quantizer']),
  name: text,
  for: list(oneOf(['activation', 'weight'])),
  options: record(rules.anything),
})
const OPTIONS: ValueRules<Exclude<keyof QuantizerSuiteOptions, 'test'>> = {
  derivative: callback,
  backward: callback,
  variableGradients: callback,
  smooth: boolean,
  variants: list(record(rules.anything)),
  backends: list(text),
  seed: rules.number(),
}

type Given = Readonly<Record<string, number | boolean | string>>

/** The defaults, and every other value of each enumerated or boolean option, one at a time. */
function variantsOf(plugin: Quantizer, further: readonly Given[]): Given[] {
  const single = Object.entries(plugin.options).flatMap(([name, rule]): Given[] => {
    const values = 'values' in rule ? rule.values : typeof rule.default === 'boolean' ? [true, false] : []
    return values.filter((value) => value !== rule.default).map((value) => ({ [name]: value }))
  })
  return [{}, ...single, ...further]
}

function onBackend(backend: string | undefined, item: ConformanceCase): ConformanceCase {
  if (backend === undefined) return item
  return {
    name: `[${backend}] ${item.name}`,
    async run() {
      if (tf.getBackend() !== backend) await tf.setBackend(backend)
      await tf.ready()
      await item.run()
    },
  }
}

/** Without good defaults, no other case can run. The cases of the definition say what is wrong. */
function hasGoodDefaults(plugin: Quantizer): boolean {
  try {
    completeOptions(plugin)
    return true
  } catch {
    return false
  }
}

/** The cases of `testQuantizer`, to run them in other ways. */
export function quantizerCases(plugin: Quantizer, options: Omit<QuantizerSuiteOptions, 'test'> = {}): ConformanceCase[] {
  checkArgument('quantizerCases()', 'plugin', plugin, QUANTIZER)
  const suite = checkOptions('quantizerCases()', options, OPTIONS) as QuantizerSuiteOptions
  const seed = options.seed ?? defaultSeed()
  const cases = definitionCases(plugin).map((item) => ({ ...item, run: () => repeatable(seed, item.run) }))
  if (!hasGoodDefaults(plugin)) return cases
  for (const backend of options.backends ?? [undefined]) {
    for (const target of plugin.for) {
      for (const given of variantsOf(plugin, options.variants ?? [])) {
        const chosen = Object.entries(given).map(([name, value]) => `${name} ${value}`)
        const title = `${plugin.name} on ${[target, ...chosen].join(', ')}`
        const subject: Subject = {
          plugin,
          target,
          title,
          options: completeOptions(plugin, given),
          isDefault: chosen.length === 0,
        }
        const parts = [levelCases, gradientCases, scheduleCases, freezingCases, layerCases, resourceCases]
        const own = parts.flatMap((part) => part(subject, new Random(seed), suite))
        cases.push(...own.map((item) => onBackend(backend, { ...item, run: () => repeatable(seed, item.run) })))
      }
    }
  }
  return cases
}

/**
 * Registers the suite with your runner: `testQuantizer(mySign, { test, derivative: (x) => (Math.abs(x) <= 1 ? 1 : 0) })`. Without
 * `derivative` or `backward`, the suite only checks that the gradient is plausible.
 */
export function testQuantizer(plugin: Quantizer, options: QuantizerSuiteOptions): void {
  const { test, ...suite } = checkOptions('testQuantizer()', options, { ...OPTIONS, test: rules.callback }, ['test'])
  registerCases(quantizerCases(plugin, suite), test)
}
