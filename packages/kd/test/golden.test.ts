/** Every distiller against a transcription of its paper's formula or its released code in NumPy: losses and gradients, to 1e-6. */
import { readFileSync } from 'node:fs'
import { createRegistry, type DistilledTensors } from '@onebit/core'
import kd from '@onebit/kd'
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'

interface Numbers {
  readonly shape: number[]
  readonly values: number[]
}

interface GoldenCase {
  readonly distiller: string
  readonly options: object
  readonly student: Readonly<Record<string, Numbers>>
  readonly teacher: Readonly<Record<string, Numbers>>
  readonly variables?: Readonly<Record<string, Numbers>>
  readonly loss: number
  /** By the name of a value of the student's, or of a variable. */
  readonly gradients: Readonly<Record<string, Numbers>>
}

const { cases } = JSON.parse(readFileSync(new URL('../golden/golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly GoldenCase[]
}
const registry = createRegistry([kd])

test('there is a case for every form of every distiller', () => {
  for (const plugin of registry.list('distiller')) {
    const own = cases.filter(({ distiller }) => distiller === plugin.name)
    for (const [name, rule] of Object.entries(plugin.options)) {
      if (!('values' in rule) || name === 'plain' || name === 'adapter') continue
      const seen = own.map(({ options }) => (options as Record<string, unknown>)[name] ?? rule.default)
      expect(new Set(seen), `${plugin.name} ${name}`).toEqual(new Set(rule.values))
    }
  }
})

test.each(cases.map((golden) => [`${golden.distiller} ${JSON.stringify(golden.options)}`, golden] as const))(
  '%s',
  (_, golden) => {
    const { plugin, options } = registry.resolve('distiller', { name: golden.distiller, ...golden.options })
    const tensorsOf = (all: Readonly<Record<string, Numbers>> = {}): Record<string, tf.Tensor> =>
      Object.fromEntries(Object.entries(all).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]))
    const sideOf = (tensors: Record<string, tf.Tensor>): DistilledTensors =>
      plugin.compares === 'outputs'
        ? {
            taps: {},
            outputs: Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { tensor, isLogits: true }])),
          }
        : { taps: tensors, outputs: {} }
    const teacher = sideOf(tensorsOf(golden.teacher))
    const [own, variables] = [tensorsOf(golden.student), tensorsOf(golden.variables)]
    const names = [...Object.keys(own), ...Object.keys(variables)]
    const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
      const moved = Object.fromEntries(names.map((name, index) => [name, tensors[index]]))
      const student = sideOf(Object.fromEntries(Object.keys(own).map((name) => [name, moved[name]])))
      const context = { facts: {}, targets: {}, variables: moved as Record<string, tf.Variable> }
      return plugin.loss(student, teacher, options, context)
    }
    const { value, grads } = tf.valueAndGrads(loss)(Object.values({ ...own, ...variables }))
    expect(Math.abs(value.dataSync()[0] - golden.loss)).toBeLessThan(1e-6 * (1 + Math.abs(golden.loss)))
    expect(Object.keys(golden.gradients)).toEqual(names)
    for (const [index, name] of names.entries()) {
      const { values } = golden.gradients[name]
      const furthest = Array.from(grads[index].dataSync()).reduce(
        (most, slope, i) => Math.max(most, Math.abs(slope - values[i])),
        0,
      )
      expect(furthest, name).toBeLessThan(1e-6)
    }
  },
)
