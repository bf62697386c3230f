/** Numbers as a node's tensor. */
import type { GraphTensor } from '@onebit/core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** A float32 tensor of copied values, by default of one axis. */
export function floatTensor(values: ArrayLike<number>, shape: readonly number[] = [values.length]): GraphTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(values) }
}

/** The same values in the same shape. */
export function tensorOf(tensor: Tensor): GraphTensor {
  return floatTensor(tensor.dataSync(), tensor.shape)
}
