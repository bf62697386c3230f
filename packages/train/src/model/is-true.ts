/** A question to tensors that is answered by yes or no. */
import * as tf from '@tensorflow/tfjs-core'

/** @param ask Returns one truth value; tensors it makes on the way are disposed of. */
export async function isTrue(ask: () => tf.Tensor): Promise<boolean> {
  const answer = tf.tidy(ask)
  const [value] = await answer.data()
  answer.dispose()
  return value === 1
}
