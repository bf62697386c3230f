/** TensorFlow.js' own backend in plain JavaScript. It runs everywhere and is slow. The other engines are compared with it. */
import * as tf from '@tensorflow/tfjs-core'
import type { EngineStarter } from './starter.ts'

export const cpu: EngineStarter = {
  name: 'cpu',
  async start() {
    if (await tf.setBackend('cpu')) return { started: true, detail: 'plain JavaScript, slow' }
    return { started: false, reason: 'the cpu backend did not start', fix: 'npm install @tensorflow/tfjs' }
  },
}
