/** Tests which engines start here, and which reasons the others give. */
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { type EngineName, startEngine } from './engine.ts'
import { optionalModule } from './engines/optional-module.ts'
import { EngineError } from './errors.ts'

// Without a driver, as on a machine without a graphics processor.
process.env.VK_DRIVER_FILES = '/nowhere/no-driver.json'

test('auto names its pick and the reason, and the reasons against the others', async () => {
  const { name, description } = await startEngine('auto')
  expect(tf.getBackend()).toBe(name === 'node' ? 'tensorflow' : name)
  if (name === 'node') {
    expect(description).toMatch(
      /^node: native TensorFlow 2\.\d+\.\d+, picked as likely the fastest \(likely slower: webgpu, wasm, cpu\)$/,
    )
  } else {
    expect(description).toMatch(
      /^wasm: .+, picked as likely the fastest that starts here \(node: @tensorflow\/tfjs-node .+; webgpu: no WebGPU adapter was found; likely slower: cpu\)$/,
    )
  }
})

test('an engine asked for by name runs, and names its backend', async () => {
  expect((await startEngine('wasm')).description).toBe('wasm: WebAssembly SIMD with the training kernels')
  expect(tf.getBackend()).toBe('wasm')
  expect((await startEngine('cpu')).description).toBe('cpu: plain JavaScript, slow')
  expect(tf.getBackend()).toBe('cpu')
})

test('an engine that does not start changes nothing and says what to install', async () => {
  await startEngine('wasm')
  const error = await startEngine('webgpu').catch((cause: unknown) => cause)
  expect(EngineError.isInstance(error)).toBe(true)
  expect(String(error)).toMatch(
    /'webgpu' does not start here\. Reason: no WebGPU adapter was found\. .*npm install @tensorflow\/tfjs-backend-webgpu/,
  )
  expect(tf.getBackend()).toBe('wasm')
})

test('an unknown engine is refused with a list of the known ones', async () => {
  await expect(startEngine('gpu' as EngineName)).rejects.toThrow(/Expected auto, wasm, node, webgpu, cpu, received "gpu"/)
})

test('a missing package and a package that fails to load give different reasons', async () => {
  expect(await optionalModule('@onebit/none')).toEqual({ reason: '@onebit/none is not installed' })
  const broken = `data:text/javascript,throw new Error('no binding')`
  expect(await optionalModule(broken)).toEqual({ reason: `${broken} does not load: no binding` })
})
