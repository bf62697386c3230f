import * as tf from '@tensorflow/tfjs-core'
import type { KernelMemory } from './kernel-memory.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

/** A second tensor with the same values. The backend counts references, and tensors never change their values. */
function share(memory: KernelMemory, x: tf.TensorInfo): tf.TensorInfo {
  memory.backend.incRef(x.dataId)
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
}

/** `tf.clone`, also used for every tensor that a gradient saves. The stock kernel copies the values. */
export const identity: TrainingKernel = {
  kernelName: tf.Identity,
  create: (memory, stock) => (params) => {
    const { x } = operandsOf<'x', unknown>(params).inputs
    return x.dtype === 'string' ? stock!(params) : share(memory, x)
  },
}

/** A cast to the tensor's own type. The stock kernel copies the values. */
export const cast: TrainingKernel = {
  kernelName: tf.Cast,
  create: (memory, stock) => (params) => {
    const { inputs, attributes } = operandsOf<'x', { dtype: tf.DataType }>(params)
    const same = inputs.x.dtype === attributes.dtype && attributes.dtype !== 'string'
    return same ? share(memory, inputs.x) : stock!(params)
  },
}
