import { testQuantizer } from '@onebit/testkit'
import { test } from 'vitest'
import * as q from '../src/index.ts'
import { BACKENDS as backends } from './backends.ts'
import { ste, sums } from './closed-forms.ts'

testQuantizer(q.linearClassifier, {
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

testQuantizer(q.mlpClassifier, {
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
