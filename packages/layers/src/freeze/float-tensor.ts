/** Converts numbers to tensors of nodes. */
import type { GraphTensor } from '@onebit/core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** A float32 tensor with copied values, with one axis by default. */
export function floatTensor(values: ArrayLike<number>, shape: readonly number[] = [values.length]): GraphTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(values) }
}

/** A copy of a tensor, with the same values and shape. */
export function tensorOf(tensor: Tensor): GraphTensor {
  return floatTensor(tensor.dataSync(), tensor.shape)
}
