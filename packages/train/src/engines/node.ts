/** Native TensorFlow through tfjs-node, on all processors. It is the fastest engine where its binding loads. */
import * as tf from '@tensorflow/tfjs-core'
import { optionalModule } from './optional-module.ts'
import type { EngineStarter } from './starter.ts'

/** The part of tfjs-node's backend that is used here. */
interface NodeBackend {
  readonly binding: { readonly TF_Version: string }
}

const fix =
  'npm install @tensorflow/tfjs-node; where it cannot download TensorFlow: npm install --ignore-scripts @tensorflow/tfjs-node, then ' +
  'npx onebit-build-tfjs-node'

/** tfjs-node 4.22.0 calls a function that Node 23 removed. */
function restoreRemovedFunction(): void {
  // Do not import the module: bundlers for browsers would look for it.
  const util = process.getBuiltinModule('node:util')
  const functions = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean }
  functions.isNullOrUndefined ??= (value) => value === null || value === undefined
}

export const node: EngineStarter = {
  name: 'node',
  async start() {
    if (!globalThis.process?.versions?.node) return { started: false, reason: 'this process is not Node', fix: 'Run in Node.' }
    restoreRemovedFunction()
    // TensorFlow prints a greeting on standard error unless its log level starts at warnings.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '1'
    const before = tf.getBackend()
    const loaded = await optionalModule('@tensorflow/tfjs-node')
    if (!loaded.module) return { started: false, reason: loaded.reason, fix }
    if (!tf.findBackendFactory('tensorflow')) {
      return {
        started: false,
        reason: 'tfjs-node came with a second copy of TensorFlow.js',
        fix: 'Install one version of all @tensorflow packages.',
      }
    }
    if (!(await tf.setBackend('tensorflow'))) {
      await tf.setBackend(before)
      return { started: false, reason: 'the backend of tfjs-node did not start', fix }
    }
    const { TF_Version } = (tf.backend() as unknown as NodeBackend).binding
    return { started: true, detail: `native TensorFlow ${TF_Version}` }
  },
}
