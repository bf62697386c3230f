import { testQuantizer } from '@onebit/testkit'
import { test } from 'vitest'
import * as q from '../src/index.ts'
import { BACKENDS as backends } from './backends.ts'
import { approx, bell, column, geometric, mean, perChannel, signOf, ste, sums } from './closed-forms.ts'

testQuantizer(q.magnitudeAwareSign, {
  test,
  backends,
  derivative: (x, { options, values, channel, channels }) => {
    if (options.gradient === 'identity') return 1
    if (options.gradient === 'code') return ste(x)
    const shared = options.scale === 'per-tensor' ? Array.from(values) : column(values, channel, channels)
    return Math.abs(x) < 1 ? mean(shared.map(Math.abs)) : 0
  },
})

testQuantizer(q.xnor, {
  test,
  backends,
  variants: [
    { center: true, gradient: 'exact' },
    { center: true, gradient: 'code' },
  ],
  backward: perChannel((upstream, values, { options }) => {
    const middle = options.center ? mean(values) : 0
    const centered = values.map((w) => w - middle)
    const scale = mean(centered.map(Math.abs))
    if (options.gradient === 'code' || options.gradient === 'code-sgd') {
      // The kernel is a matrix, so a filter has one weight per input.
      const count = values.length
      const times = options.gradient === 'code' ? 1 : count
      const factor = (w: number): number => (1 / count + (Math.abs(w) < 1 ? scale : 0)) * (1 - 1 / count) * times
      return upstream.map((g, i) => g * factor(centered[i]))
    }
    const all = mean(upstream.map((g, i) => g * signOf(centered[i])))
    const inner = upstream.map((g, i) => {
      const ofScale = options.gradient === 'exact' ? signOf(centered[i]) * all : g / values.length
      return ofScale + g * scale * ste(centered[i])
    })
    return options.center ? inner.map((g) => g - mean(inner)) : inner
  }),
})

testQuantizer(q.learnedScale, {
  test,
  backends,
  derivative: (w, { variables: { scale }, channel }) => scale[scale.length === 1 ? 0 : channel] * ste(w),
  variableGradients: (upstream, context) => ({ scale: sums(context.variables.scale.length, upstream, context, signOf) }),
})

testQuantizer(q.libra, {
  test,
  backends,
  backward: perChannel((upstream, values, { options, progress }) => {
    const middle = mean(values)
    const deviation = Math.sqrt(mean(values.map((w) => (w - middle) ** 2)))
    const standardized = values.map((w) => (w - middle) / deviation)
    const scale = 2 ** Math.round(Math.log2(mean(standardized.map(Math.abs))))
    const t = geometric(progress, 0.1, 10)
    const slope = (v: number): number => (options.estimator === 'ste' ? ste(v) : Math.max(1 / t, 1) * t * bell(t * v))
    const inner = upstream.map((g, i) => g * scale * slope(standardized[i]))
    const along = mean(inner.map((g, i) => g * standardized[i]))
    return inner.map((g, i) => (g - mean(inner) - standardized[i] * along) / deviation)
  }),
})

testQuantizer(q.adabin, {
  test,
  backends,
  backward: (upstream, context) => {
    const { values, target, variables } = context
    if (target === 'activation') {
      const [[center], [distance]] = [variables.center, variables.distance]
      return upstream.map((g, i) => g * approx((values[i] - center) / distance))
    }
    return perChannel((gradients, weights) => {
      const center = mean(weights)
      const distance = Math.sqrt(mean(weights.map((w) => (w - center) ** 2)))
      const z = weights.map((w) => (w - center) / distance)
      const through = gradients.map((g, i) => g * bell(0.1 * z[i]))
      const ofDistance = mean(gradients.map((g, i) => g * signOf(z[i]))) - mean(through.map((g, i) => g * z[i]))
      const ofCenter = mean(gradients) - mean(through)
      return through.map((g, i) => g + ofCenter + ofDistance * z[i])
    })(upstream, context)
  },
  variableGradients: (upstream, context): Record<string, ArrayLike<number>> => {
    const { target, options, variables } = context
    if (target === 'weight') return {}
    const [[b], [a]] = [variables.center, variables.distance]
    const z = (x: number): number => (x - b) / a
    const code = options.form === 'code'
    return {
      center: sums(1, upstream, context, (x) => (code ? a : 1) - approx(z(x))),
      distance: sums(1, upstream, context, (x) => signOf(z(x)) + (code ? b : 0) - approx(z(x)) * z(x)),
    }
  },
})

testQuantizer(q.ternaryWeight, { test, backends, derivative: (w) => ste(w) })
