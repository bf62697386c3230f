/** The script of a page that trains: the small network, for eight steps, on an engine of choice. */
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-webgpu'
import { type EngineName, startEngine, train } from '@onebit/train'
import { composeSmall, stripesData } from './small-run.ts'

/** The engine's description and the loss of each step. */
async function trainOn(engine: EngineName): Promise<{ engine: string; losses: number[] }> {
  const { description } = await startEngine(engine)
  const model = await composeSmall()({})
  const { losses } = await train(model, { data: stripesData(), epochs: 1, batchSize: 13, seed: 5, engine, progress: false })
  model.dispose()
  return { engine: description, losses: losses.map(({ loss }) => loss) }
}

Object.assign(globalThis, { trainOn })
