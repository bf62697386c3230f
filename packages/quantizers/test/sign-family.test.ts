import { testQuantizer } from '@onebit/testkit'
import { test } from 'vitest'
import * as q from '../src/index.ts'
import { BACKENDS as backends } from './backends.ts'
import { approx, bell, geometric, ste, sums } from './closed-forms.ts'

testQuantizer(q.steSign, {
  test,
  backends,
  derivative: (x, { options }) => ste(x, Number(options.clip)),
  variants: [{ clip: 1.5 }],
})
testQuantizer(q.approxSign, { test, backends, derivative: approx })
testQuantizer(q.swishSign, {
  test,
  backends,
  derivative: (x, { options }) => {
    const beta = Number(options.beta)
    return (beta * (2 - beta * x * Math.tanh((beta * x) / 2))) / (1 + Math.cosh(beta * x))
  },
  variants: [{ beta: 2 }],
})
testQuantizer(q.tanhSign, { test, backends, derivative: (x) => 5 * bell(5 * x) })
testQuantizer(q.stochasticSign, {
  test,
  backends,
  derivative: (x, { options }) => ste(x, Number(options.clip)),
  variants: [{ clip: 0.125 }],
})
testQuantizer(q.rsign, {
  test,
  backends,
  derivative: (x, { options, variables, channel }) => {
    return (options.estimator === 'ste' ? ste : approx)(x - variables.shift[channel])
  },
  variableGradients: (upstream, context) => {
    const slope = context.options.estimator === 'ste' ? ste : approx
    const { shift } = context.variables
    return { shift: sums(shift.length, upstream, context, (x, channel) => -slope(x - shift[channel])) }
  },
})
testQuantizer(q.edeSign, {
  test,
  backends,
  derivative: (x, { progress, options }) => {
    const t = geometric(progress, Number(options.start), Number(options.end))
    return Math.max(1 / t, 1) * t * bell(t * x)
  },
  variants: [{ start: 0.001 }],
})
testQuantizer(q.steHeaviside, { test, backends, derivative: (x) => ste(x) })
testQuantizer(q.steTern, { test, backends, derivative: (x) => ste(x), variants: [{ threshold: 0.5 }, { threshold: 0 }] })
testQuantizer(q.dorefa, {
  test,
  backends,
  derivative: (x, { target, values }) => {
    if (target === 'activation') return x >= 0 && x <= 1 ? 1 : 0
    return bell(x) / values.reduce((most, w) => Math.max(most, Math.abs(Math.tanh(w))), 0)
  },
  variants: [{ bits: 1 }, { bits: 3 }, { bits: 8 }],
})
