/**
 * WebAssembly SIMD on one thread, with the gradient kernels that TensorFlow.js' wasm backend lacks. It runs everywhere without a
 * build.
 */
import * as tf from '@tensorflow/tfjs-core'
import { optionalModule } from './optional-module.ts'
import type { EngineStarter } from './starter.ts'

/** The part of `@onebit/tfjs-wasm-training` that is used here. */
interface TrainingKernelsModule {
  registerTrainingKernels(): Promise<unknown>
}

/** One of the kernels that `registerTrainingKernels` registers. */
const TRAINING_KERNEL = 'AdamStep'

const fix = 'npm install @tensorflow/tfjs-backend-wasm @onebit/tfjs-wasm-training'

export const wasm: EngineStarter = {
  name: 'wasm',
  async start() {
    // A page bundled with the backend has registered it already, and perhaps the kernels too.
    if (!tf.findBackendFactory('wasm')) {
      const backend = await optionalModule('@tensorflow/tfjs-backend-wasm')
      if (!backend.module) return { started: false, reason: backend.reason, fix }
    }
    const registered = tf.getKernel(TRAINING_KERNEL, 'wasm') !== undefined
    const training = registered ? undefined : await optionalModule<TrainingKernelsModule>('@onebit/tfjs-wasm-training')
    if (training && !training.module) {
      return { started: false, reason: `${training.reason}, and the wasm backend lacks gradients without it`, fix }
    }
    if (!(await tf.setBackend('wasm'))) return { started: false, reason: 'the wasm backend did not start', fix }
    await training?.module?.registerTrainingKernels()
    return { started: true, detail: 'WebAssembly SIMD with the training kernels' }
  },
}
