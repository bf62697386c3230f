import { testQuantizer } from '@onebit/testkit'
import { test } from 'vitest'
import * as q from '../src/index.ts'
import { BACKENDS as backends } from './backends.ts'
import { bell, geometric } from './closed-forms.ts'

testQuantizer(q.progressiveSign, {
  test,
  backends,
  derivative: (x, { options, progress }) => {
    const l = options.curve === 'linear' ? 1 + 65535 * progress : geometric(progress, 1, 65536)
    if (options.form === 'softsign') return l / (1 + Math.abs(l * x)) ** 2
    if (options.form === 'tanh') return l * bell(l * x)
    const s = 1 / (1 + Math.exp(-l * x))
    return 2 * l * s * (1 - s)
  },
})
testQuantizer(q.temperatureSign, { test, backends, derivative: () => 1 })
