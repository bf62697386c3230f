import { testQuantizer } from '@onebit/testkit'
import { test } from 'vitest'
import { approxSign, magnitudeAwareSign, steSign } from '../src/index.ts'
import { BACKENDS } from './backends.ts'

testQuantizer(steSign, {
  test,
  backends: BACKENDS,
  derivative: (x, { options }) => (Math.abs(x) <= Number(options.clip) ? 1 : 0),
  variants: [{ clip: 1.5 }],
})
testQuantizer(approxSign, { test, backends: BACKENDS, derivative: (x) => (Math.abs(x) <= 1 ? 2 - 2 * Math.abs(x) : 0) })
testQuantizer(magnitudeAwareSign, { test, backends: BACKENDS })
