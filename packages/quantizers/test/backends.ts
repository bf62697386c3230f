/** The TensorFlow.js backends that quantizers are tested on. */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'

const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
setWasmPaths(`${join(entry, '..')}/`)

export const BACKENDS = ['cpu', 'wasm'] as const
