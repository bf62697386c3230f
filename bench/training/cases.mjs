/** The cases of the benchmark, as data: those that share its process and take turns, and the engines that run after it. */
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { createRegistry } from '@onebit/core'
import backbones from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import { FusedAdam, registerTrainingKernels } from '@onebit/tfjs-wasm-training'
import * as tf from '@tensorflow/tfjs'
import { startJax } from './jax.mjs'
import { CLASSES, LEARNING_RATE, referenceBatch, referenceNetwork, SIZE } from './reference-network.mjs'
import { startTrainer } from './trainer.mjs'

/** Engines of `@onebit/train` that do not share a process with `wasm`. */
export const OTHER_ENGINES = ['node', 'webgpu']

const BATCH = 64

/** A `tf.LayersModel` that its own `trainOnBatch` trains. */
export async function startLayersModel(optimizer) {
  const model = referenceNetwork(tf)
  model.compile({ optimizer, loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits) })
  const { images, targets } = referenceBatch(BATCH)
  const x = tf.tensor(images, [BATCH, SIZE, SIZE, 1])
  const y = tf.tensor(targets, [BATCH, CLASSES])
  return {
    step: () => model.trainOnBatch(x, y),
    async forward() {
      const output = tf.tidy(() => model.apply(x, { training: true }))
      await output.data()
      output.dispose()
    },
  }
}

/** @param kernels Options of `registerTrainingKernels` during the run. */
async function startKernels(kernels, optimizer) {
  const prepare = () => registerTrainingKernels(kernels)
  await prepare()
  return { ...(await startLayersModel(optimizer())), prepare }
}

function biReal() {
  return classifier(createRegistry([quantizers, blocks, backbones, classify]), {
    network: 'resnet-small',
    block: 'bi-real',
    activation: 'approx-sign',
    weight: 'magnitude-aware-sign',
    classes: CLASSES,
    input: [SIZE, SIZE, 1],
  })
}

const networks = { reference: () => referenceNetwork(tf, 'softmax'), 'bi-real': biReal }

/** `@onebit/train` with and without threads, on one network and batch size. */
function trainers(network, batch, rounds) {
  const name = (threads) => `train, ${threads}, ${network}, batch ${batch}`
  const [one, two] = [name('1 thread'), name('2 workers')]
  const plugins = [import.meta.resolve('@onebit/quantizers')]
  const start = (workers) => async () => {
    await registerTrainingKernels()
    const trainer = await startTrainer(networks[network](), batch, workers)
    const prepare = () => Promise.all([trainer.prepare(), registerTrainingKernels()])
    return { ...trainer, prepare }
  }
  return [
    { name: one, network, batch, ...rounds, start: start(undefined) },
    { name: two, network, batch, ...rounds, start: start({ count: 2, plugins }), against: { slow: one, fast: two } },
  ]
}

/**
 * `quick` and `full` are the numbers of rounds in such runs; 0 leaves the case out. For each network and batch size, the losses
 * of all cases are compared with those of the first one.
 */
export const inProcess = [
  {
    name: 'onebit',
    network: 'reference',
    batch: BATCH,
    quick: 10,
    full: 15,
    start: () => startKernels({}, () => new FusedAdam(LEARNING_RATE)),
  },
  {
    name: 'stock',
    network: 'reference',
    batch: BATCH,
    quick: 2,
    full: 10,
    // Only the kernels without which the backend cannot train.
    start: () => startKernels({ replaceStock: false }, () => tf.train.adam(LEARNING_RATE)),
    against: { slow: 'stock', fast: 'onebit' },
  },
  {
    name: 'jax',
    network: 'reference',
    batch: BATCH,
    quick: 3,
    full: 10,
    start: () => startJax(referenceBatch(BATCH)),
    against: { slow: 'jax', fast: 'onebit' },
  },
  ...trainers('reference', 64, { quick: 10, full: 10 }),
  ...trainers('reference', 128, { quick: 0, full: 10 }),
  ...trainers('bi-real', 64, { quick: 0, full: 10 }),
]
