/** Training on engines that need something beside npm's packages: the losses of plain JavaScript, and a run folder that others read. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry } from '@onebit/core'
import { freeze, registerLayers } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import { type EngineName, loadSavedModel, readRun, startEngine, type TrainResult, train } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeOnEngine } from './optional-engine.ts'
import { composeSmall, stripesData } from './small-run.ts'

/** Of losses around 1: sums in another order move latent weights by a last digit, and few of them across zero within these steps. */
const TOLERANCE = 1e-3

async function trainOn(engine: EngineName, out?: string): Promise<TrainResult> {
  await startEngine(engine)
  const model = await composeSmall()({ epochs: 1 })
  const data = stripesData()
  const result = await train(model, { data, epochs: 1, batchSize: 13, seed: 5, engine, out, progress: false })
  model.dispose()
  return result
}

const losses = ({ losses: points }: TrainResult): number[] => points.map(({ loss }) => loss)

for (const engine of ['node', 'webgpu'] as const) {
  await describeOnEngine(engine, () => {
    test('eight steps have the losses of plain JavaScript', async () => {
      const expected = losses(await trainOn('cpu'))
      const actual = losses(await trainOn(engine))
      expect(actual).toHaveLength(8)
      for (const [step, loss] of actual.entries())
        expect(Math.abs(loss - expected[step]), `step ${step + 1}`).toBeLessThan(TOLERANCE)
    })

    test('the run folder says which engine it was; its model loads elsewhere, freezes, and nothing is left behind', async () => {
      const out = await mkdtemp(join(tmpdir(), 'onebit-engine-'))
      try {
        await startEngine(engine)
        const before = tf.memory().numTensors
        const { epochs } = await trainOn(engine, out)
        expect(tf.memory().numTensors).toBe(before)
        const record = await readRun(out)
        expect(record.engine).toMatch(new RegExp(`^${engine}: `))
        expect(record.samples).toHaveLength(16)
        expect(Object.keys(epochs[0].flipRatio).length).toBeGreaterThan(0)
        await startEngine('cpu')
        registerLayers(createRegistry([quantizers]))
        const model = await loadSavedModel(out)
        expect(freeze(model).graph.nodes.length).toBeGreaterThan(10)
        model.dispose()
      } finally {
        await rm(out, { recursive: true, force: true })
      }
    })
  })
}
