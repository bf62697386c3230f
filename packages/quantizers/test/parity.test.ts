/**
 * Compares forward and gradient with larq, bnn and bitorch, to 1e-6, on the grids of `golden/`. If a library differs, the test states
 * the points and the values there. On those points it must differ, and everywhere else it must agree.
 */
import { readFileSync } from 'node:fs'
import '@tensorflow/tfjs-backend-cpu'
import { completeOptions, type Quantizer, type QuantizerTarget } from '@onebit/core'
import { quantize } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import * as q from '../src/index.ts'

interface Golden {
  readonly grid: number[]
  readonly upstream: number[]
  readonly quantizers: Readonly<Record<string, { readonly forward: number[]; readonly gradient: number[] | null }>>
}

/** Points at which the other library gives another value, and the reason. */
interface Difference {
  readonly reason: string
  at(x: number): boolean
}

interface Comparison {
  readonly entry: string
  readonly quantizer: Quantizer
  /** Default: the quantizer's first target. */
  readonly target?: QuantizerTarget
  /** Progress of training. Default: 1. */
  readonly progress?: number
  readonly options?: Readonly<Record<string, number | boolean | string>>
  readonly forward?: Difference
  readonly gradient?: Difference
  /** Changes the gradients of the outputs before they go through ours. */
  upstream?(x: number, dy: number): number
}

const torchZero: Difference = { reason: "torch's sign(0) is 0; ours is +1 everywhere", at: (x) => x === 0 }
const openInterval: Difference = { reason: 'bnn excludes |x| = 1 from the interval', at: (x) => Math.abs(x) === 1 }
const flushed: Difference = {
  reason: 'TensorFlow flushes subnormal values to 0; ours keep their sign',
  at: (x) => x !== 0 && Math.abs(x) < 2 ** -126,
}

const files: Readonly<Record<string, readonly Comparison[]>> = {
  'larq.json': [
    { entry: 'ste-sign', quantizer: q.steSign, forward: flushed },
    { entry: 'approx-sign', quantizer: q.approxSign, forward: flushed },
    { entry: 'swish-sign', quantizer: q.swishSign, forward: flushed },
    {
      entry: 'magnitude-aware-sign',
      quantizer: q.magnitudeAwareSign,
      forward: flushed,
      gradient: { reason: 'larq closes the interval, the paper writes |W| < 1', at: (x) => Math.abs(x) === 1 },
    },
    {
      entry: 'ste-tern',
      quantizer: q.steTern,
      forward: {
        reason: 'larq adds two signs with sign(0) = 0, so the lower threshold itself gives -1; with sign(0) = +1 it gives 0',
        at: (x) => Math.fround(x) === Math.fround(-0.05),
      },
    },
    { entry: 'ternary-weight', quantizer: q.ternaryWeight, options: { scaled: false } },
    { entry: 'ste-heaviside', quantizer: q.steHeaviside, forward: flushed },
    { entry: 'dorefa', quantizer: q.dorefa, gradient: flushed },
    { entry: 'dorefa weight', quantizer: q.dorefa, target: 'weight' },
  ],
  'torch.json': [
    { entry: 'bnn ste-sign', quantizer: q.steSign, forward: torchZero, gradient: openInterval },
    {
      entry: 'bnn stochastic-sign',
      quantizer: q.stochasticSign,
      forward: { reason: 'another generator draws the sign', at: (x) => Math.abs(x) < 1 },
      gradient: {
        reason: 'bnn overwrites its saved values with their signs and then masks |x| >= 1, so its gradient is 0',
        at: (x) => Math.abs(x) <= 1,
      },
    },
    { entry: 'bnn tanh-sign', quantizer: q.tanhSign, forward: torchZero },
    {
      entry: 'bnn xnor',
      quantizer: q.xnor,
      options: { gradient: 'exact' },
      forward: torchZero,
      gradient: {
        reason: 'bnn excludes |x| = 1 from the interval, and its zeros add nothing to the gradient of the scale',
        at: (x) => x === 0 || Math.abs(x) === 1,
      },
      // A zero contributes to all other weights through the scale, so its share is removed from the comparison.
      upstream: (x, dy) => (x === 0 ? 0 : dy),
    },
    {
      entry: 'bnn xnor centered',
      quantizer: q.xnor,
      options: { center: true, gradient: 'exact' },
    },
    {
      entry: 'bitorch ste-sign',
      quantizer: q.steSign,
      gradient: { reason: 'bitorch clips no gradient', at: (x) => Math.abs(x) > 1 },
    },
    { entry: 'bitorch approx-sign', quantizer: q.approxSign },
    { entry: 'bitorch swish-sign', quantizer: q.swishSign },
    {
      entry: 'bitorch ste-heaviside',
      quantizer: q.steSign,
      forward: { reason: "bitorch's step has the levels -1 and +1, a sign whose sign(0) is -1", at: (x) => x === 0 },
    },
    {
      entry: 'bitorch dorefa',
      quantizer: q.dorefa,
      gradient: { reason: 'bitorch clips no gradient', at: (x) => x < 0 || x > 1 },
    },
    {
      entry: 'bitorch dorefa weight',
      quantizer: q.dorefa,
      target: 'weight',
      gradient: { reason: 'bitorch leaves the tanh and the norm out of the gradient', at: () => true },
    },
    // bitorch's scale from 0 to 1 cools from 4^0 to 4^-10, with a clip. In our terms that is a temperature, not a smooth step.
    ...[
      { moment: 'begins', progress: 1e-9 },
      { moment: 'halfway', progress: 0.5 },
      { moment: 'ends', progress: 1 },
    ].map(({ moment, progress }) => {
      return {
        entry: `bitorch progressive-sign ${moment}`,
        quantizer: q.temperatureSign,
        options: { decay: 1 / 4, epochs: 10 },
        progress,
      }
    }),
  ],
}

function compare(
  role: string,
  grid: readonly number[],
  actual: ArrayLike<number>,
  golden: number[],
  difference?: Difference,
): void {
  const excused: number[] = []
  grid.forEach((x, index) => {
    const agrees = Math.abs(actual[index] - golden[index]) <= 1e-6 * Math.max(1, Math.abs(golden[index]))
    if (difference?.at(x)) {
      if (!agrees) excused.push(index)
    } else expect(agrees, `${role} at ${x}: ours ${actual[index]}, theirs ${golden[index]}`).toBe(true)
  })
  if (difference) expect(excused.length, `nothing differs any more: ${difference.reason}`).toBeGreaterThan(0)
}

for (const [file, comparisons] of Object.entries(files)) {
  const { grid, upstream, quantizers } = JSON.parse(readFileSync(new URL(`../golden/${file}`, import.meta.url), 'utf8')) as Golden

  describe(file, () => {
    test('every entry is compared', () => {
      expect(comparisons.map(({ entry }) => entry).sort()).toEqual(Object.keys(quantizers).sort())
      expect(grid.length).toBe(1000)
    })

    test.each(comparisons)('$entry agrees', (comparison) => {
      const { entry, quantizer, options, forward, gradient, upstream: change } = comparison
      const { target = quantizer.for[0], progress = 1 } = comparison
      const configured = { plugin: quantizer, options: completeOptions(quantizer, options) }
      const context = { target, variables: {}, progress, training: true, seed: 1 }
      const x = tf.tensor(Float32Array.from(grid), [1000, 1])
      const run = (values: tf.Tensor): tf.Tensor => quantize(values, configured, context)
      compare('forward', grid, run(x).dataSync() as Float32Array, quantizers[entry].forward, forward)
      const theirs = quantizers[entry].gradient
      if (theirs === null) return
      const changed = upstream.map((dy, index) => change?.(grid[index], dy) ?? dy)
      const ours = tf
        .grad(run)(x, tf.tensor(Float32Array.from(changed), [1000, 1]))
        .dataSync() as Float32Array
      compare('gradient', grid, ours, theirs, gradient)
    })
  })
}
