/** Times the reference CNN on one engine of `@onebit/train`, in its own process. The last line is its row. */
import { startEngine } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { checkFigures } from '../figures.mjs'
import { startLayersModel } from './cases.mjs'
import { LEARNING_RATE } from './reference-network.mjs'
import { rowOf } from './rows.mjs'

const STEPS = 10
const [name] = process.argv.slice(2)
try {
  const engine = await startEngine(name)
  const { step, forward } = await startLayersModel(tf.train.adam(LEARNING_RATE))
  const times = { step: [], forward: [] }
  for (let round = 0; round <= STEPS; round++) {
    for (const [part, work] of Object.entries({ forward, step })) {
      const start = performance.now()
      await work()
      if (round > 0) times[part].push(performance.now() - start)
    }
  }
  const row = rowOf(name, times.step, times.forward)
  if (checkFigures(name, row)) console.log(JSON.stringify({ ...row, engine: engine.description }))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
