/** Gives garbage to networks, their options and the parts of residual networks: see `test/public-functions.ts`. */
import blocks from '@onebit/blocks'
import { createRegistry } from '@onebit/core'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { testPublicFunctions } from '../../../test/public-functions.ts'
import * as networks from './index.ts'

await tf.setBackend('cpu')

const registry = createRegistry([quantizers, blocks, networks.default])
const block = registry.block('bi-real')
const sign = registry.quantizer('ste-sign')
const context = { input: [8, 8, 2], block, activation: sign, weight: sign }
const published = {
  network: 'resnet18',
  block: 'bi-real',
  activation: 'ste-sign',
  weight: 'ste-sign',
  paper: { title: 'x', authors: 'y', year: 2020, arxiv: '1' },
  input: [32, 32, 3],
  classes: 10,
}

const { classes: _, ...ofPose } = published

testPublicFunctions(networks, {
  blocksFor: { good: [2, context], options: [1] },
  residualStages: {
    good: [tf.input({ shape: [8, 8, 2] }), [{ filters: 2, blocks: 1, strides: 2 }], context, { stem: 1, most: 32 }],
    options: [2, 3],
  },
  'residualStages().stage': {
    good: [{ filters: 2, blocks: 1, strides: 2 }],
    options: [0],
    call: (stage: never) =>
      networks.residualStages(tf.input({ shape: [8, 8, 2] }), [stage], context as never, { stem: 1, most: 32 }),
  },
  publishedNetwork: [registry, published],
  publishedPoseNetwork: [registry, { ...ofPose, dataset: 'mpii' }],
})
