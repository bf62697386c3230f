/** A run of `@onebit/train` that takes a step only on request, so that runs on one thread and on several can take turns. */
import { classification } from '@onebit/classify'
import { IDENTITY } from '@onebit/core'
import { Random } from '@onebit/data'
import { train } from '@onebit/train'
import { CLASSES, referenceBatch, SIZE } from './reference-network.mjs'

/** A stream of one batch, which it returns each time it is opened. Otherwise it waits. */
class GatedSource {
  count = 1e9
  shape = [SIZE, SIZE, 1]
  normalization = { mean: 0, standardDeviation: 1 }
  random = new Random(1)
  /** True if a caller waits for a batch. */
  asked = false
  #open

  constructor(batchSize) {
    this.batchSize = batchSize
  }

  /** Releases one batch. A caller must wait for it. */
  open() {
    this.asked = false
    this.#open()
  }

  async *epoch() {
    const { images, labels, count } = referenceBatch(this.batchSize)
    const still = { toPicture: IDENTITY, picture: [SIZE, SIZE], input: [SIZE, SIZE] }
    const batch = { images, annotations: [...labels], placements: Array.from(labels, () => still), count }
    for (let index = 0; ; index++) {
      await new Promise((resolve) => {
        this.#open = resolve
        this.asked = true
      })
      yield { ...batch, index }
    }
  }
}

function testImages() {
  const images = new Uint8Array(SIZE * SIZE)
  return {
    images,
    annotations: new Uint8Array(1),
    count: 1,
    shape: [SIZE, SIZE, 1],
    normalization: { mean: 0, standardDeviation: 1 },
  }
}

/**
 * @param workers As in `train`.
 * @returns `prepare`, to be awaited before every step; `step`, which resolves with the loss after the step; and `stop`.
 */
export async function startTrainer(model, batchSize, workers) {
  const source = new GatedSource(batchSize)
  const abort = new AbortController()
  const classes = Array.from({ length: CLASSES }, (_, index) => `${index}`)
  let settle
  let before = 0
  let steps = 0
  const running = train(model, {
    data: { name: 'noise', facts: { classes }, train: source, test: testImages() },
    task: classification,
    epochs: 1,
    optimizer: 'adam',
    learningRate: 0.001,
    schedule: 'constant',
    initialize: 'keep',
    engine: 'wasm',
    workers,
    progress: false,
    signal: abort.signal,
    onEvent(event) {
      if (event.type !== 'step') return
      // The event states the mean of all steps so far.
      const sum = event.loss * ++steps
      settle.resolve(sum - before)
      before = sum
    },
  })
  running.catch((error) => settle?.reject(error))
  const step = () =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject }
      source.open()
    })
  /** The run asks for a batch after its threads have started, and after each step. */
  async function prepare() {
    while (!source.asked) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  async function stop() {
    await prepare()
    abort.abort()
    await step()
    await running
  }
  await prepare()
  return { prepare, step, stop }
}
