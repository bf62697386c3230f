/** Gives garbage to the training kernels: see `test/public-functions.ts`. This package has its own errors. */
import '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { afterAll } from 'vitest'
import { testPublicFunctions } from '../../../test/public-functions.ts'
import * as kernels from './index.ts'

await tf.setBackend('wasm')
afterAll(async () => (await kernels.registerTrainingKernels()).unregister())

const wasm = readFileSync(new URL('../wasm/kernels.wasm', import.meta.url))
const weight = tf.variable(tf.tensor1d([1, 2]))

testPublicFunctions(
  kernels,
  {
    batchNormalizationTraining: [tf.ones([2, 3]), tf.tensor1d([1, 1, 1]), tf.tensor1d([0, 0, 0]), 1e-3, undefined],
    FusedAdam: {
      good: [0.01, 0.9, 0.999, 1e-7],
      call: (...given: never[]) => {
        const optimizer = new kernels.FusedAdam(...(given as unknown as [number]))
        optimizer.minimize(() => tf.sum(tf.square(weight)))
        optimizer.dispose()
      },
    },
    registerTrainingKernels: { good: [{ wasm, memory: 'shared', replaceStock: true }], options: [0] },
  },
  { isTyped: (error) => kernels.TrainingKernelsError.isInstance(error) },
)
