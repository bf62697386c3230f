/** Runs the published suite on every network. */
import { testNetwork } from '@onebit/testkit'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import networks from './index.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Options that are small enough for plain loops. */
const small: Readonly<Record<string, Parameters<typeof testNetwork>[1]>> = {
  'resnet-small': { test, options: { width: 4 }, variants: [{ stages: 1, depth: 2 }, { stages: 5 }, { padding: 'symmetric' }] },
  resnet18: {
    test,
    options: { width: 4 },
    variants: [{ stem: 'pool-norm' }, { stem: 'norm-prelu', stemSize: 3 }, { padding: 'same' }],
  },
  resnet34: { test, options: { width: 4, stem: 'norm-relu' } },
  resnet20: { test, options: { width: 4 }, variants: [{ stem: 'norm-clip' }, { stem: 'norm-maxout' }] },
  alexnet: { test, options: { width: 12, hidden: 16 }, input: [67, 67, 3] },
  'vgg-small': { test, options: { width: 4 } },
  'react-a': { test, options: { width: 2 } },
  quicknet: { test, options: { width: 8 }, variants: [{ multiples: [1, 2, 8, 16], convolutions: [1, 2, 1, 1] }] },
  'quicknet-0-1': { test, options: { width: 8 } },
  bnext: { test, options: { width: 2, blocks: [1, 1, 1, 2, 1] }, variants: [{ padding: 'same' }] },
  'binary-net': { test, options: { width: 4, hidden: 8 } },
  resnet50: { test, options: { width: 4 } },
  hourglass: { test, options: { width: 8, depth: 2, joints: 3 }, variants: [{ stacks: 3 }, { depth: 1 }] },
  'simple-baseline': {
    test,
    options: { width: 4, channels: 8 },
    variants: [
      { precision: 'real', transposed: 2 },
      { depth: 50, stem: 'norm' },
    ],
  },
  hrnet: {
    test,
    options: { width: 4, stem: 4, branches: 3, convolutions: 2, exchanges: 'once' },
    variants: [{ precision: 'real' }, { branches: 2, exchanges: 'published' }],
  },
}

for (const network of networks) testNetwork(network, small[network.name])

test('runs on every network', () => {
  expect(Object.keys(small).sort()).toEqual(networks.map(({ name }) => name).sort())
})
