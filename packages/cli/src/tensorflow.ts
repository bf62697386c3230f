/** TensorFlow.js, loaded only by the commands that need it, and without its advertisement. */
import type * as TensorFlow from '@tensorflow/tfjs'

export async function tensorflow(): Promise<typeof TensorFlow> {
  const tf = await import('@tensorflow/tfjs')
  tf.enableProdMode()
  await tf.ready()
  return tf
}
