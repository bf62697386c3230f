import { testQuantizer } from '@onebit/testkit'
import { test } from 'vitest'
import * as q from '../src/index.ts'
import { BACKENDS as backends } from './backends.ts'
import { type Batch, column, mean, perChannel, ste, sums } from './closed-forms.ts'

/** Visits all weights with two values: the upstream gradient times the scale of the filter, and the centered weight. */
function visitFilters(
  upstream: Float32Array,
  { values, channels }: Batch,
  visit: (scaled: number, centered: number) => void,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const filter = column(values, channel, channels)
    const middle = mean(filter)
    const scale = mean(filter.map((w) => Math.abs(w - middle)))
    const gradients = column(upstream, channel, channels)
    for (const [row, w] of filter.entries()) visit(gradients[row] * scale, w - middle)
  }
}

testQuantizer(q.decidingLinearClassifier, {
  test,
  backends,
  derivative: (x, { variables: { slope, bias }, channel }) => {
    const entry = slope.length === 1 ? 0 : channel
    return slope[entry] * ste(slope[entry] * x + bias[entry])
  },
  variableGradients: (upstream, context) => {
    const { slope, bias } = context.variables
    const open = (x: number, entry: number): number => ste(slope[entry] * x + bias[entry])
    return {
      slope: sums(slope.length, upstream, context, (x, entry) => open(x, entry) * x),
      bias: sums(slope.length, upstream, context, open),
    }
  },
})

const units: Record<string, { value(z: number): number; slope(z: number): number }> = {
  relu: { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  'leaky-relu': { value: (z) => (z > 0 ? z : 0.1 * z), slope: (z) => (z > 0 ? 1 : 0.1) },
  'hard-tanh': { value: (z) => Math.min(Math.max(z, -1), 1), slope: (z) => ste(z) },
}

testQuantizer(q.decidingMlpClassifier, {
  test,
  backends,
  variants: [{ hidden: 3, sharing: 'per-channel', unit: 'hard-tanh' }],
  derivative: (x, { options, variables, channel }) => {
    const { incoming, bias, outgoing, shift } = variables
    const unit = units[String(options.unit)]
    const entry = shift.length === 1 ? 0 : channel
    let score = shift[entry]
    let slope = 0
    for (let index = 0; index < Number(options.hidden); index++) {
      const place = index * shift.length + entry
      const side = index % 2 === 0 ? 1 : -1
      const z = side * incoming[place] * x + bias[place]
      score += side * outgoing[place] * unit.value(z)
      slope += outgoing[place] * unit.slope(z) * incoming[place]
    }
    return slope * ste(score)
  },
})

/** Gradients reach the weights through the mean of their filter. */
const throughMean = (inner: number[]): number[] => inner.map((g) => g - mean(inner))

testQuantizer(q.linearClassifier, {
  test,
  backends,
  backward: perChannel((upstream, weights, { variables: { low, high } }) => {
    const scale = mean(weights.map((w) => Math.abs(w - mean(weights))))
    return throughMean(upstream.map((g) => 2 * g * scale * (low[0] + high[0])))
  }),
  variableGradients: (upstream, context) => {
    let along = 0
    visitFilters(upstream, context, (g, v) => {
      along += 2 * g * v
    })
    return { low: [along], high: [along] }
  },
})

/** f_k, its slope in x, and the summands of its gradient, for one value. */
function perceptron(x: number, { incoming, outgoing }: Readonly<Record<string, ArrayLike<number>>>) {
  const hidden = Array.from(incoming, (u) => Math.tanh(u * x))
  return [0, 1].map((k) => {
    const v = hidden.map((_, j) => outgoing[2 * j + k])
    const open = Math.abs(hidden.reduce((sum, h, j) => sum + h * v[j], 0)) < 1 ? 1 : 0
    return { hidden, v, open, slope: open * hidden.reduce((sum, h, j) => sum + v[j] * (1 - h * h) * incoming[j], 0) }
  })
}

testQuantizer(q.mlpClassifier, {
  test,
  backends,
  variants: [{ hidden: 7 }],
  backward: perChannel((upstream, weights, { variables }) => {
    const middle = mean(weights)
    const scale = mean(weights.map((w) => Math.abs(w - middle)))
    const slope = (v: number): number => perceptron(v, variables).reduce((sum, output) => sum + output.slope, 0)
    return throughMean(upstream.map((g, i) => g * scale * slope(weights[i] - middle)))
  }),
  variableGradients: (upstream, context) => {
    const incoming = new Float64Array(context.variables.incoming.length)
    const outgoing = new Float64Array(context.variables.outgoing.length)
    visitFilters(upstream, context, (g, x) => {
      for (const [k, { hidden, v, open }] of perceptron(x, context.variables).entries()) {
        for (const [j, h] of hidden.entries()) {
          incoming[j] += g * open * v[j] * (1 - h * h) * x
          outgoing[2 * j + k] += g * open * h
        }
      }
    })
    return { incoming, outgoing }
  },
})
