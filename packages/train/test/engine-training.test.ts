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

async function trainOn(engine: EngineName, out?: string): Promise<{ model: tf.LayersModel; result: TrainResult }> {
  await startEngine(engine)
  const model = (await composeSmall()({ epochs: 1 })) as tf.LayersModel
  const data = stripesData()
  const result = await train(model, { data, epochs: 1, batchSize: 13, seed: 5, engine, out, progress: false })
  return { model, result }
}

async function lossesOn(engine: EngineName): Promise<number[]> {
  const { model, result } = await trainOn(engine)
  model.dispose()
  return result.losses.map(({ loss }) => loss)
}

for (const engine of ['node', 'webgpu'] as const) {
  await describeOnEngine(engine, () => {
    test('eight steps have the losses of plain JavaScript', async () => {
      const expected = await lossesOn('cpu')
      const actual = await lossesOn(engine)
      expect(actual).toHaveLength(8)
      for (const [step, loss] of actual.entries())
        expect(Math.abs(loss - expected[step]), `step ${step + 1}`).toBeLessThan(TOLERANCE)
    })

    test('the run folder says which engine it was, and nothing is left behind', async () => {
      const out = await mkdtemp(join(tmpdir(), 'onebit-engine-'))
      try {
        await startEngine(engine)
        const before = tf.memory().numTensors
        const { model, result } = await trainOn(engine, out)
        model.dispose()
        expect(tf.memory().numTensors).toBe(before)
        const record = await readRun(out)
        expect(record.engine).toMatch(new RegExp(`^${engine}: `))
        expect(record.samples).toHaveLength(16)
        expect(Object.keys(result.epochs[0].flipRatio).length).toBeGreaterThan(0)
      } finally {
        await rm(out, { recursive: true, force: true })
      }
    })

    test('the model moves to plain JavaScript and freezes there, as its run folder does', async () => {
      const out = await mkdtemp(join(tmpdir(), 'onebit-engine-'))
      try {
        const { model } = await trainOn(engine, out)
        await startEngine('cpu')
        const bytes = freeze(model).bytes()
        model.dispose()
        registerLayers(createRegistry([quantizers]))
        const loaded = await loadSavedModel(out)
        expect(freeze(loaded).bytes()).toEqual(bytes)
        loaded.dispose()
      } finally {
        await rm(out, { recursive: true, force: true })
      }
    })
  })
}
