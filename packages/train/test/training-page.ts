/** The script of a page that trains, and of its worker: the small network, for eight steps, on an engine of choice. */
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-webgpu'
import { type EngineName, evaluate, startEngine, train } from '@onebit/train/browser'
import { composeSmall, stripesData } from './small-run.ts'

export interface PageResult {
  /** The engine's description. */
  readonly engine: string
  /** The loss of each step. */
  readonly losses: readonly number[]
  /** Metrics of the model on the test pictures, from training and from `evaluate`. */
  readonly accuracies: readonly number[]
  /** The errors of options that only Node supports. */
  readonly refused: readonly string[]
}

async function trainOn(engine: EngineName): Promise<PageResult> {
  const { description } = await startEngine(engine)
  const data = stripesData()
  const options = { data, epochs: 1, batchSize: 13, seed: 5, engine }
  const model = await composeSmall()({})
  const { losses, test } = await train(model, options)
  const { values } = await evaluate(model, data.test, data)
  const refused: string[] = []
  for (const more of [{ out: 'runs/page' }, { workers: 2 }, { resume: true }]) {
    await train(model, { ...options, ...more }).catch((error: Error) => refused.push(`${error.name}: ${error.message}`))
  }
  model.dispose()
  return { engine: description, losses: losses.map(({ loss }) => loss), accuracies: [test!.accuracy, values.accuracy], refused }
}

/** Trains in a worker of the page. */
function trainInWorker(engine: EngineName): Promise<PageResult> {
  const worker = new Worker('/page.js', { type: 'module' })
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as PageResult)
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.postMessage(engine)
  })
}

if ('document' in globalThis) Object.assign(globalThis, { trainOn, trainInWorker })
else globalThis.onmessage = ({ data }) => void trainOn(data).then((result) => globalThis.postMessage(result))
