/**
 * The network of the training benchmark, as data: the reference CNN on 28x28x1 (convolutions 32-32-pool-64-64-pool without bias,
 * BatchNorm and ReLU after each, dense 10), its initial weights, and a batch of noise with random labels.
 */

export const SIZE = 28
export const CLASSES = 10
export const FILTERS = [32, 32, 64, 64]
export const LEARNING_RATE = 0.001

/** Numbers in [0, 1) from a seed: mulberry32. */
function uniform(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** `[count, 28, 28, 1]` images of noise, `[count]` labels, `[count, 10]` targets. */
export function referenceBatch(count) {
  const next = uniform(count)
  const images = Float32Array.from({ length: count * SIZE * SIZE }, () => 2 * next() - 1)
  const labels = Int32Array.from({ length: count }, () => Math.floor(next() * CLASSES))
  const targets = new Float32Array(count * CLASSES)
  labels.forEach((label, image) => {
    targets[image * CLASSES + label] = 1
  })
  return { images, labels, targets, count }
}

/** Initial weights, in the order of `referenceNetwork(tf).trainableWeights`: kernel, gamma and beta four times, then dense. */
export function referenceWeights() {
  const next = uniform(1)
  const drawn = (shape) => {
    const bound = Math.sqrt(6 / shape.slice(0, -1).reduce((a, b) => a * b))
    return { shape, values: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => bound * (2 * next() - 1)) }
  }
  const filled = (shape, value) => ({ shape, values: new Float32Array(shape[0]).fill(value) })
  const weights = FILTERS.flatMap((filters, index) => [
    drawn([3, 3, FILTERS[index - 1] ?? 1, filters]),
    filled([filters], 1),
    filled([filters], 0),
  ])
  return [...weights, drawn([(SIZE / 4) ** 2 * FILTERS[3], CLASSES]), filled([CLASSES], 0)]
}

/**
 * The network in TensorFlow.js, with the initial weights.
 * @param activation Activation of the dense layer. Absent: logits; `softmax`: probabilities.
 */
export function referenceNetwork(tf, activation) {
  const { layers } = tf
  const model = tf.sequential()
  for (const [index, filters] of FILTERS.entries()) {
    const inputShape = index === 0 ? [SIZE, SIZE, 1] : undefined
    model.add(layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, inputShape }))
    model.add(layers.batchNormalization())
    model.add(layers.activation({ activation: 'relu' }))
    if (index % 2 === 1) model.add(layers.maxPooling2d({ poolSize: 2 }))
  }
  model.add(layers.flatten())
  model.add(layers.dense({ units: CLASSES }))
  // The task `classify` finds its output by this name.
  if (activation) model.add(layers.activation({ activation, name: 'scores' }))
  tf.tidy(() => {
    for (const [index, { shape, values }] of referenceWeights().entries()) {
      model.trainableWeights[index].write(tf.tensor(values, shape))
    }
  })
  return model
}
