/** TensorFlow.js, without its advertisement. Only the commands that need it load it. */
import type * as TensorFlow from '@tensorflow/tfjs'

export async function tensorflow(): Promise<typeof TensorFlow> {
  const tf = await import('@tensorflow/tfjs')
  tf.enableProdMode()
  await tf.ready()
  return tf
}
