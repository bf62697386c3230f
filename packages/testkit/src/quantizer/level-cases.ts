/** Forward pass: exactly the stated levels, for every input, every time. */
import * as tf from '@tensorflow/tfjs-core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import { applyTo, CHANNELS, drawVariables, type Moment, type Subject, show } from './subject.ts'

/** Number of rows of the largest tensor; each has three values. */
const MANY = 2 ** 18

const SPECIAL = [0, -0, 1, -1, 2 ** -149, -(2 ** -149), 2 ** -126, 0.5, -0.5, 1.5, -1.5, 1e30, -1e30, 3.4e38, -3.4e38]

function rows(values: readonly number[]): Float32Array {
  return Float32Array.from(values.flatMap((value) => new Array<number>(CHANNELS).fill(value)))
}

/** Activations: -1 or +1. Weights: -s or +s, one s per output channel. */
function requireLevels(subject: Subject, values: Float32Array, output: Float32Array): void {
  const scales = Array.from({ length: CHANNELS }, (_, channel) =>
    subject.target === 'activation' ? 1 : Math.abs(output[channel]),
  )
  output.forEach((level, index) => {
    const scale = scales[index % CHANNELS]
    const close = subject.target === 'activation' ? Math.abs(level) === 1 : Math.abs(Math.abs(level) - scale) <= 1e-6 * scale
    require(close, () => ({
      what: `Forward gives ${show(level)} for ${show(values[index])}.`,
      expected: subject.target === 'activation' ? '-1 or +1' : `-s or +s with one s per channel, here ${scale}`,
      fix: "Take the sign last, with 0 to +1, or state `levels: 'own'` if other levels are the technique.",
    }))
  })
}

export function levelCases(subject: Subject, random: Random): ConformanceCase[] {
  const { plugin, target, title, isDefault } = subject
  const symmetric = plugin.levels !== 'own'
  const draw = (count: number): Float32Array => Float32Array.from({ length: count * CHANNELS }, () => random.normal() * 2)
  const moments: Moment[] = plugin.soft
    ? [{ training: false }]
    : [{ training: false }, { training: true, progress: 0.3, seed: 5 }]
  const stays = plugin.variables ? [] : [0, -0]

  const cases: ConformanceCase[] = [
    {
      name: `${title}: forward keeps the shape${isDefault ? ', of no values and of many' : ''}`,
      async run() {
        const variables = drawVariables(subject, random, 0)
        const counts = [...(target === 'activation' ? [0] : []), 1, ...(isDefault ? [MANY] : [])]
        const pattern = draw(100)
        for (const count of counts) {
          const values = Float32Array.from({ length: count * CHANNELS }, (_, index) => pattern[index % pattern.length])
          const output = await attempt(`Forward fails on ${count * CHANNELS} values.`, () => applyTo(subject, values, variables))
          require(output.length === count * CHANNELS, () => ({
            what: 'Forward changes the number of values.',
            expected: `${count * CHANNELS}`,
            received: `${output.length}`,
          }))
        }
        const image = tf.tidy(() => {
          const tensors = Object.fromEntries(
            Object.entries(variables).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
          )
          const context = { target, variables: tensors, progress: 1, training: false, seed: 0 }
          return plugin.forward(tf.ones([2, 4, 5, CHANNELS]), subject.options, context).shape
        })
        require(image.join() === `2,4,5,${CHANNELS}`, () => ({
          what: 'Forward changes the shape.',
          expected: `[2, 4, 5, ${CHANNELS}]`,
          received: `[${image.join(', ')}]`,
        }))
      },
    },
    {
      name: `${title}: the same seed gives the same output`,
      async run() {
        const variables = drawVariables(subject, random, 0.2)
        const values = draw(500)
        for (const moment of [{ training: false }, { training: true, seed: 9 }]) {
          const first = await applyTo(subject, values, variables, moment)
          const second = await applyTo(subject, values, variables, moment)
          const place = first.findIndex((level, index) => level !== second[index])
          require(place < 0, () => ({
            what: `Two calls with the same seed differ at ${show(values[place])}.`,
            expected: `${first[place]} again`,
            received: `${second[place]}`,
            fix: 'Draw from context.seed.',
          }))
        }
      },
    },
  ]
  if (!symmetric) return cases
  return [
    ...cases,
    {
      name: `${title}: forward gives exactly its two levels`,
      async run() {
        for (const moment of moments) {
          const values = Float32Array.from([...(target === 'activation' ? rows(SPECIAL) : []), ...draw(1000)])
          requireLevels(subject, values, await applyTo(subject, values, drawVariables(subject, random, 0.2), moment))
        }
      },
    },
    {
      name: `${title}: NaN and infinities give levels too`,
      async run() {
        if (target === 'weight') return
        const values = rows([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        requireLevels(subject, values, await applyTo(subject, values, drawVariables(subject, random, 0)))
      },
    },
    {
      name: `${title}: the sign of 0 is +1`,
      async run() {
        if (stays.length === 0) return
        const values = rows([...stays, 1, -1])
        const output = await applyTo(subject, values, drawVariables(subject, random, 0))
        stays.forEach((zero, row) => {
          // A quantizer that centers its weights moves zero. The mean of this row is zero, so it stays.
          require(output[row * CHANNELS] > 0, () => ({
            what: `Forward gives ${show(output[row * CHANNELS])} for ${show(zero)}.`,
            expected: 'the upper level: the sign of 0 is +1 everywhere',
            fix: 'Compare with x >= 0 in place of tf.sign.',
          }))
        })
      },
    },
  ]
}
