/** Reads one boolean from the backend. */
import * as tf from '@tensorflow/tfjs-core'

/** @param ask Returns a boolean scalar. The intermediate tensors it creates are disposed of. */
export async function isTrue(ask: () => tf.Tensor): Promise<boolean> {
  const answer = tf.tidy(ask)
  const [value] = await answer.data()
  answer.dispose()
  return value === 1
}
