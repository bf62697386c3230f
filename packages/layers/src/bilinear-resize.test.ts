/** Compares with TensorFlow.js where it has the same operation, else with finite differences, and checks the frozen form. */
import { createRegistry, reference } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { expect, test } from 'vitest'
import { BilinearResize } from './bilinear-resize.ts'
import { freeze } from './freeze/freeze.ts'
import { registerLayers } from './register.ts'

const SIZE = [2, 4, 5, 3] as const

const resized = (x: tf.Tensor, size: readonly [number, number]): tf.Tensor => new BilinearResize({ size }).apply(x) as tf.Tensor

test.each([
  ['cpu', [8, 10]],
  ['cpu', [7, 3]],
  ['cpu', [1, 11]],
  ['wasm', [8, 10]],
  ['wasm', [9, 4]],
] as const)('on %s to %j: as TensorFlow.js with half pixel centers', async (backend, size) => {
  await tf.setBackend(backend)
  const x = tf.randomNormal([...SIZE], 0, 1, 'float32', 5)
  const expected = tf.image.resizeBilinear(x as tf.Tensor4D, [...size], false, true)
  const difference = tf.max(tf.abs(tf.sub(resized(x, size), expected))).dataSync()[0]
  expect(difference).toBeLessThan(1e-5)
})

test.each(['cpu', 'wasm'])('on %s its gradient is the transposed map', async (backend) => {
  await tf.setBackend(backend)
  const x = tf.randomNormal([...SIZE], 0, 1, 'float32', 5)
  const upstream = tf.randomNormal([2, 9, 7, 3], 0, 1, 'float32', 6)
  const gradient = tf.grad((value: tf.Tensor) => tf.sum(tf.mul(resized(value, [9, 7]), upstream)))(x)
  // <upstream, R x> = <R' upstream, x> for every x.
  const direction = tf.randomNormal([...SIZE], 0, 1, 'float32', 7)
  const left = tf.sum(tf.mul(upstream, resized(direction, [9, 7]))).dataSync()[0]
  const right = tf.sum(tf.mul(gradient, direction)).dataSync()[0]
  expect(right).toBeCloseTo(left, 3)
})

test('saves, loads and freezes to the same map, and leaks no tensor', async () => {
  await tf.setBackend('cpu')
  registerLayers(createRegistry([]))
  const input = tf.input({ shape: [4, 5, 3], name: 'image' })
  const model = tf.model({ inputs: input, outputs: new BilinearResize({ size: [9, 7] }).apply(input) as tf.SymbolicTensor })
  const loaded = await tf.models.modelFromJSON(model.toJSON(undefined, false) as never)
  const x = tf.randomNormal([...SIZE], 0, 1, 'float32', 5)
  const expected = model.predict(x) as tf.Tensor
  const before = tf.memory().numTensors
  expect(Array.from((loaded.predict(x) as tf.Tensor).dataSync())).toEqual(Array.from(expected.dataSync()))
  expect(tf.memory().numTensors).toBe(before + 1)
  const executable = await reference.compile(freeze(model).graph)
  const [frozen] = Object.values(await executable.run({ image: x.dataSync() as Float32Array }))
  for (const [index, value] of expected.dataSync().entries()) expect(Number(frozen[index])).toBeCloseTo(value, 5)
})
