/** Backward pass. The gradient is the stated one wherever one is stated, and it is never NaN or infinite. */

import * as tf from '@tensorflow/tfjs-core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import {
  backpropagate,
  CHANNELS,
  contextOf,
  drawVariables,
  plainVariables,
  type Subject,
  show,
  variableTensors,
} from './subject.ts'
import type { QuantizerSuiteOptions } from './suite-options.ts'

const TOLERANCE = 1e-4

/** Steps of 1/64 from -3 to 3 (each exact in float32, so edges are hit), and the neighbors of the usual edges. */
const EDGES = [-1, 0, 1].flatMap((edge) => [edge - 2 ** -20, edge, edge + 2 ** -20])
const GRID = [...Array.from({ length: 385 }, (_, step) => step / 64 - 3), ...EDGES]

function grid(): Float32Array {
  return Float32Array.from(GRID.flatMap((value) => new Array<number>(CHANNELS).fill(value)))
}

function requireClose(what: (index: number) => string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index] - expected[index])
    require(error <= TOLERANCE * Math.max(1, Math.abs(expected[index])), () => ({
      what: what(index),
      expected: `${expected[index]}`,
      received: `${actual[index]}`,
    }))
  }
}

function smoothCase(subject: Subject, random: Random): ConformanceCase {
  return {
    name: `${subject.title}: gradients agree with finite differences of the surrogate`,
    async run() {
      const values = Float32Array.from({ length: 12 * CHANNELS }, () => random.normal())
      const upstream = Float32Array.from(values, () => random.normal())
      const variables = drawVariables(subject, random, 0.2)
      const moment = { training: true, progress: 0 }
      const loss = (x: Float32Array, learned: typeof variables): number =>
        tf.tidy(() => {
          const shape = [x.length / CHANNELS, CHANNELS]
          const context = contextOf(subject, variableTensors(learned), moment)
          const output = subject.plugin.surrogate!(tf.tensor(x, shape), subject.options, context).dataSync() as Float32Array
          return output.reduce((sum, level, index) => sum + level * upstream[index], 0)
        })
      const step = 2 ** -7
      const difference = (data: Float32Array, index: number, evaluate: (moved: Float32Array) => number): number => {
        const moved = (by: number): number => evaluate(data.map((value, place) => (place === index ? value + by : value)))
        return (moved(step) - moved(-step)) / (2 * step)
      }
      const actual = await backpropagate(subject, values, upstream, variables, moment)
      const check = (title: string, data: Float32Array, gradient: Float32Array, run: (moved: Float32Array) => number): void => {
        for (let index = 0; index < data.length; index++) {
          const expected = difference(data, index, run)
          require(Math.abs(gradient[index] - expected) <= 0.02 * Math.max(1, Math.abs(expected)), () => ({
            what: `The gradient of ${title} ${index} at ${show(data[index])} is not that of the surrogate.`,
            expected: `${expected} by finite differences`,
            received: `${gradient[index]}`,
          }))
        }
      }
      check('value', values, actual.x, (moved) => loss(moved, variables))
      for (const [name, { shape, data }] of Object.entries(variables)) {
        check(`${name}`, data, actual.variables[name], (moved) => loss(values, { ...variables, [name]: { shape, data: moved } }))
      }
    },
  }
}

export function gradientCases(
  subject: Subject,
  random: Random,
  { derivative, backward, variableGradients, smooth }: QuantizerSuiteOptions,
): ConformanceCase[] {
  const { plugin, options, target, title } = subject
  const cases: ConformanceCase[] = [
    {
      name: `${title}: the gradient is a number for every finite input`,
      async run() {
        const values = Float32Array.from([...grid(), ...[1e10, -1e10, 1e30, -1e30, 3e38, -3e38, 1e-40].flatMap((v) => [v, v, v])])
        const sane = target === 'weight' ? values.map((value) => Math.max(Math.min(value, 1e4), -1e4)) : values
        for (const progress of [0, 0.5, 1]) {
          const upstream = sane.map(() => 1)
          const moment = { training: true, progress, seed: 1 }
          const { x } = await backpropagate(subject, sane, upstream, drawVariables(subject, random, 0), moment)
          const place = x.findIndex((gradient) => !Number.isFinite(gradient))
          require(place < 0, () => ({
            what: `The gradient at ${show(sane[place])} is ${x[place]}.`,
            expected: 'a finite number',
          }))
        }
      },
    },
    {
      name: `${title}: no values have no gradient`,
      async run() {
        if (target === 'weight') return
        const none = new Float32Array()
        const { x } = await attempt('Backpropagation fails on no values.', () =>
          backpropagate(subject, none, none, drawVariables(subject, random, 0)),
        )
        require(x.length === 0, () => ({ what: 'No values have a gradient.', expected: 'none', received: `${x.length}` }))
      },
    },
    {
      name: `${title}: every learned variable receives a gradient`,
      async run() {
        const variables = drawVariables(subject, random, 0.1)
        const values = grid()
        const upstream = values.map(() => random.normal())
        const gradients = await backpropagate(subject, values, upstream, variables)
        for (const [name, gradient] of Object.entries(gradients.variables)) {
          require(gradient.every(Number.isFinite) && gradient.some((value) => value !== 0), () => ({
            what: `The variable '${name}' receives no gradient.`,
            expected: 'finite numbers, not all 0',
            received: `[${gradient.slice(0, 4).join(', ')}]`,
            fix: 'Variables learn through `surrogate`; `gradient` is for the input alone.',
          }))
        }
      },
    },
  ]
  if (derivative || backward) {
    cases.push({
      name: `${title}: the gradient is the stated closed form`,
      async run() {
        for (const progress of [0, 0.3, 1]) {
          const values = grid()
          const upstream = values.map(() => random.normal())
          const variables = drawVariables(subject, random, 0.1)
          const moment = { training: true, progress, seed: 1 }
          const actual = await backpropagate(subject, values, upstream, variables, moment)
          const context = { options, target, progress, channels: CHANNELS, variables: plainVariables(variables), values }
          const elementwise = (): Float32Array =>
            upstream.map((dy, index) => dy * derivative!(values[index], { ...context, channel: index % CHANNELS }))
          const expected = backward ? backward.call(undefined, upstream, context) : elementwise()
          const at = (index: number): string =>
            `The gradient at ${show(values[index])} (progress ${progress}, upstream ${upstream[index]}) is not the stated one.`
          requireClose(at, actual.x, expected)
          for (const [name, gradient] of Object.entries(variableGradients?.call(undefined, upstream, context) ?? {})) {
            requireClose((index) => `The gradient of '${name}' ${index} is not the stated one.`, actual.variables[name], gradient)
          }
        }
      },
    })
  }
  if (smooth && plugin.surrogate) cases.push(smoothCase(subject, random))
  return cases
}
