import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { afterEach, expect, test, vi } from 'vitest'
import { WasmBackendError, WasmModuleError } from './errors.ts'
import { registerTrainingKernels } from './register-training-kernels.ts'

afterEach(async () => {
  await tf.setBackend('wasm')
  ;(await registerTrainingKernels()).unregister()
})

const snapshot = () => ({
  kernels: new Map(tf.getKernelsForBackend('wasm').map((config) => [config.kernelName, config])),
  gradients: ['Conv2D', 'FusedBatchNorm', 'Sum'].map((name) => tf.getGradient(name)),
})

test('registering needs the WebAssembly backend', async () => {
  await tf.setBackend('cpu')
  const error = await registerTrainingKernels().catch((cause: unknown) => cause)
  expect(WasmBackendError.isInstance(error)).toBe(true)
  expect(String(error)).toContain(`received 'cpu'`)
})

test('unregistering restores kernels and gradients', async () => {
  await tf.setBackend('wasm')
  const before = snapshot()
  const kernels = await registerTrainingKernels()
  expect(kernels.added).toContain('Conv2DBackpropFilter')
  expect(kernels.replaced).toContain('Conv2DBackpropInput')
  expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeDefined()
  kernels.unregister()
  kernels.unregister()
  expect(snapshot()).toEqual(before)
})

test('registering twice is harmless, and quiet', async () => {
  const warn = vi.spyOn(console, 'warn')
  await tf.setBackend('wasm')
  const before = snapshot()
  const [first, second] = await Promise.all([registerTrainingKernels(), registerTrainingKernels()])
  expect(second).toBe(first)
  const copied = await registerTrainingKernels({ memory: 'copied' })
  expect(copied).toMatchObject({ memory: 'copied', copyReason: expect.stringContaining('option') })
  copied.unregister()
  expect(snapshot()).toEqual(before)
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})

test('kernels that someone else registered later stay', async () => {
  await tf.setBackend('wasm')
  const kernels = await registerTrainingKernels()
  const theirs: tf.KernelConfig = { ...tf.getKernel('Conv2DBackpropFilter', 'wasm') }
  tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
  tf.registerKernel(theirs)
  kernels.unregister()
  expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBe(theirs)
  tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
})

test('replaceStock: false only adds what is missing', async () => {
  await tf.setBackend('wasm')
  const before = snapshot()
  const kernels = await registerTrainingKernels({ replaceStock: false })
  expect(kernels.replaced).toEqual([])
  expect(kernels.gradients).toEqual(['BatchNormalizationTraining'])
  expect(snapshot().gradients).toEqual(before.gradients)
  expect(kernels.added).toContain('UnsortedSegmentSum')
  for (const [name, config] of before.kernels) expect(tf.getKernel(name, 'wasm')).toBe(config)
  const gradient = tf.tidy(() => {
    const x = tf.ones([1, 4, 4, 2]) as tf.Tensor4D
    return tf
      .grad((w) => tf.conv2d(x, w as tf.Tensor4D, 1, 'same'))(tf.ones([3, 3, 2, 2]))
      .dataSync()
  })
  expect(gradient[0]).toBe(9)
})

test('bytes that are no module are refused with the reason', async () => {
  await tf.setBackend('wasm')
  const error = await registerTrainingKernels({ wasm: new Uint8Array(8) }).catch((cause: unknown) => cause)
  expect(WasmModuleError.isInstance(error)).toBe(true)
})

test('an unknown backend is refused with what it lacks', async () => {
  await tf.setBackend('wasm')
  const backend = tf.backend() as unknown as { makeOutput?: unknown }
  Object.defineProperty(backend, 'makeOutput', { value: undefined, configurable: true })
  const error = await registerTrainingKernels().catch((cause: unknown) => cause)
  delete backend.makeOutput
  expect(String(error)).toContain('without makeOutput')
})
