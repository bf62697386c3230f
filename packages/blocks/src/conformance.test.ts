/** Runs the published suite on every block. */
import { createRegistry } from '@onebit/core'
import { registerLayers } from '@onebit/layers'
import { testBlock } from '@onebit/testkit'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import blocks from './index.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  registerLayers(createRegistry([]))
})

type Suite = Parameters<typeof testBlock>[1]

const suites: Readonly<Record<string, Suite>> = {
  basic: { test, variants: [{ downsample: 'binary' }, { downsample: 'padded' }] },
  xnor: { test, variants: [{ inputScale: false }, { nonlinearity: 'relu', downsample: 'binary' }, { nonlinearity: 'prelu' }] },
  'xnor-plain': { test, variants: [{ kernelSize: 5 }] },
  'bi-real': { test },
  'strong-baseline': { test, variants: [{ scale: 'channel-height-width' }, { downsample: 'strided' }] },
  // Gates have an eighth of the channels as hidden units; with one or two, all may be off.
  'real-to-binary': { test, channels: 64, variants: [{ scale: 'none', ratio: 4, downsample: 'binary' }] },
  hierarchical: { test, variants: [{ downsample: 'binary', prelu: false }] },
  'group-net': {
    test,
    variants: [{ bases: 2, combination: 'learned', downsample: 'real', gates: false }, { decomposition: 'layer' }],
  },
  'group-net-bottleneck': { test, variants: [{ bases: 2, combination: 'learned', downsample: 'real', gates: false }] },
  react: { test, variants: [{ form: 'mobilenet' }] },
  quicknet: { test, variants: [{ padding: 'zero' }] },
  'quicknet-0-1': { test, variants: [{ padding: 'one' }] },
  'ir-net': { test, variants: [{ downsample: 'padded' }] },
  adabin: { test },
  'binarizing-by-classification': { test },
  bnext: { test, channels: 64, variants: [{ recoupling: false }] },
  'bi-real-bottleneck': { test },
}

for (const block of blocks) testBlock(block, suites[block.name])

test('is run on every block', () => {
  expect(Object.keys(suites)).toEqual(blocks.map(({ name }) => name))
})
