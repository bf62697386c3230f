/**
 * The TensorFlow.js backends for the tests of quantizers. With `ONEBIT_TEST_ENGINE=node`, native TensorFlow; `npm test` does that
 * too.
 */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'

const require = createRequire(import.meta.url)
setWasmPaths(`${join(require.resolve('@tensorflow/tfjs-backend-wasm'), '..')}/`)

const native = process.env.ONEBIT_TEST_ENGINE === 'node'
if (native) require('@tensorflow/tfjs-node')

export const BACKENDS: readonly string[] = native ? ['tensorflow'] : ['cpu', 'wasm']
