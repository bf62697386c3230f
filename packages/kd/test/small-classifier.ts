/** Pictures of three kinds of stripes, and small networks that classify them. */
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { createRegistry } from '@onebit/core'
import { type LabeledSet, Random } from '@onebit/data'
import kd from '@onebit/kd'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import type { TrainingData } from '@onebit/train'
import * as tf from '@tensorflow/tfjs-layers'

export const registry = createRegistry([quantizers, blocks, networks, classify, kd])
const SIZE = 8

function stripes(count: number, seed: number): LabeledSet {
  const random = new Random(seed)
  const annotations = Uint8Array.from({ length: count }, () => random.below(3))
  const images = new Uint8Array(count * SIZE * SIZE)
  for (let index = 0; index < images.length; index++) {
    const [x, y] = [index % SIZE, Math.floor(index / SIZE) % SIZE]
    const along = [x, y, x + y][annotations[Math.floor(index / SIZE ** 2)]]
    images[index] = (along & 2 ? 150 : 50) + random.below(60)
  }
  return { images, annotations, count, shape: [SIZE, SIZE, 1], normalization: { mean: 0.4, standardDeviation: 0.25 } }
}

export const stripesData = (): TrainingData & { readonly train: LabeledSet; readonly test: LabeledSet } => ({
  name: 'stripes',
  facts: { classes: ['across', 'down', 'slanted'] },
  train: stripes(52, 1),
  test: stripes(16, 2),
})

/** Two stages of one block; `binary` has signs. */
export const composeSmall = (binary: boolean, width = 4): tf.LayersModel =>
  classifier(registry, {
    network: { name: 'resnet-small', width, stages: 2 },
    block: 'bi-real',
    classes: 3,
    input: [SIZE, SIZE, 1],
    ...(binary ? { activation: 'approx-sign', weight: 'ste-sign' } : { activation: undefined, weight: undefined }),
  })

/** A dense layer before a softmax, the same function as the graph model. The seed determines its weights. */
export function denseTeacher(seed = 7): tf.LayersModel {
  const input = tf.input({ shape: [SIZE, SIZE, 1], name: 'picture' })
  const flat = tf.layers.flatten({ name: 'flat' }).apply(input)
  const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.1, seed })
  const logits = tf.layers.dense({ name: 'logits', units: 3, kernelInitializer }).apply(flat)
  return tf.model({ inputs: input, outputs: tf.layers.softmax({ name: 'scores' }).apply(logits) as tf.SymbolicTensor })
}

/** Six maps after one convolution, more than a student has. */
export function wideTeacher(): tf.LayersModel {
  const input = tf.input({ shape: [SIZE, SIZE, 1] })
  const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.2, seed: 4 })
  const convolution = { name: 'wide', filters: 6, kernelSize: 3, strides: 2, padding: 'same' as const, kernelInitializer }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(tf.layers.conv2d(convolution).apply(input))
  const logits = tf.layers.dense({ units: 3, kernelInitializer }).apply(pooled)
  return tf.model({ inputs: input, outputs: tf.layers.softmax({ name: 'scores' }).apply(logits) as tf.SymbolicTensor })
}
