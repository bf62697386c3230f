/**
 * The reference CNN in @jax-js/jax, the other library that trains in JavaScript, written in its fastest form: convolutions as
 * pad, slices, concatenation and one matrix product (its own `lax.conv` is about thirty times slower), the whole step in one
 * `jit`. It has no published optimizer, so Adam is written out. Arrays are counted by hand: a function consumes its arguments,
 * and `.ref` keeps one.
 */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { CLASSES, LEARNING_RATE, referenceWeights, SIZE } from './reference-network.mjs'

const BETA1 = 0.9
const BETA2 = 0.999
const ADAM_EPSILON = 1e-7
const NORM_EPSILON = 1e-3

function convolution(x, kernel) {
  const [count, height, width, channels] = x.shape
  const filters = kernel.shape[3]
  const padded = np.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ])
  const taps = []
  for (let y = 0; y < 3; y++) {
    for (let column = 0; column < 3; column++) {
      const last = y === 2 && column === 2
      taps.push((last ? padded : padded.ref).slice([], [y, y + height], [column, column + width], []))
    }
  }
  const patches = np.concatenate(taps, 3).reshape([count * height * width, 9 * channels])
  return np.matmul(patches, kernel.reshape([9 * channels, filters])).reshape([count, height, width, filters])
}

function batchNormalization(x, gamma, beta) {
  const mean = np.mean(x.ref, [0, 1, 2])
  const centered = x.sub(mean)
  const variance = np.mean(np.square(centered.ref), [0, 1, 2])
  return centered.mul(gamma.div(np.sqrt(variance.add(NORM_EPSILON)))).add(beta)
}

function maxPool(x) {
  const [count, height, width, channels] = x.shape
  return np.max(x.reshape([count, height / 2, 2, width / 2, 2, channels]), [2, 4])
}

function logits(weights, images) {
  let x = images
  for (let layer = 0; layer < 4; layer++) {
    const [kernel, gamma, beta] = weights.slice(3 * layer, 3 * layer + 3)
    x = nn.relu(batchNormalization(convolution(x, kernel), gamma, beta))
    if (layer % 2 === 1) x = maxPool(x)
  }
  const [dense, bias] = weights.slice(12)
  return np.matmul(x.reshape([x.shape[0], dense.shape[0]]), dense).add(bias)
}

function lossOf(weights, images, targets) {
  const products = targets.mul(nn.logSoftmax(logits(weights, images), -1))
  return np.mean(np.sum(products, -1)).neg()
}

function adam(weight, gradient, first, second, correction1, correction2) {
  const newFirst = first.mul(BETA1).add(gradient.ref.mul(1 - BETA1))
  const newSecond = second.mul(BETA2).add(np.square(gradient).mul(1 - BETA2))
  const root = np.sqrt(newSecond.ref.div(correction2)).add(ADAM_EPSILON)
  const change = newFirst.ref.div(correction1).div(root).mul(LEARNING_RATE)
  return [weight.sub(change), newFirst, newSecond]
}

const trainStep = jit(({ weights, first, second }, images, targets, correction1, correction2) => {
  const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(weights), images, targets)
  const updates = weights.map((weight, index) =>
    adam(weight, gradients[index], first[index], second[index], correction1.ref, correction2.ref),
  )
  correction1.dispose()
  correction2.dispose()
  const column = (index) => updates.map((update) => update[index])
  return { loss, weights: column(0), first: column(1), second: column(2) }
})

const forwardPass = jit(logits)

/** @returns the timed functions: `step` returns the loss before the update, `forward` ends when the logits are read. */
export async function startJax({ images, targets, count }) {
  await init('wasm')
  defaultDevice('wasm')
  const array = ({ shape, values }) => np.array(values).reshape(shape)
  const x = np.array(images).reshape([count, SIZE, SIZE, 1])
  const y = np.array(targets).reshape([count, CLASSES])
  const zeros = () => referenceWeights().map(({ shape }) => np.zeros(shape))
  let state = { weights: referenceWeights().map(array), first: zeros(), second: zeros() }
  let steps = 0
  return {
    async step() {
      steps++
      const corrections = [BETA1, BETA2].map((beta) => np.array(1 - beta ** steps))
      const { loss, ...next } = trainStep(state, x.ref, y.ref, ...corrections)
      state = next
      await state.weights[0].blockUntilReady()
      return (await loss.data())[0]
    },
    async forward() {
      await forwardPass(tree.ref(state.weights), x.ref).data()
    },
  }
}
