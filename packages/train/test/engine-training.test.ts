/**
 * Training on engines that need more than npm packages. The losses match plain JavaScript, and other engines can read the run
 * folder.
 */
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

/**
 * Tolerance for losses around 1. Sums in another order change the last digit of latent weights; within these steps, few of them
 * cross zero.
 */
const TOLERANCE = 1e-3

async function trainOn(engine: EngineName, out?: string): Promise<{ model: tf.LayersModel; result: TrainResult }> {
  await startEngine(engine)
  const model = (await composeSmall()({})) as tf.LayersModel
  const data = stripesData()
  const result = await train(model, { data, epochs: 1, batchSize: 13, seed: 5, engine, out, progress: false })
  return { model, result }
}

/** The loss of every step and, by layer, the entropies of the signs at the end. */
async function curvesOn(engine: EngineName): Promise<{ losses: number[]; entropies: Record<string, number | undefined> }> {
  const { model, result } = await trainOn(engine)
  model.dispose()
  const layers = Object.entries(result.epochs[0].layers)
  return {
    losses: result.losses.map(({ loss }) => loss),
    entropies: Object.fromEntries(layers.map(([path, { signEntropy }]) => [path, signEntropy])),
  }
}

for (const engine of ['node', 'webgpu'] as const) {
  await describeOnEngine(engine, () => {
    test('eight steps match the losses and sign entropies of plain JavaScript', async () => {
      const expected = await curvesOn('cpu')
      const actual = await curvesOn(engine)
      expect(actual.losses).toHaveLength(8)
      for (const [step, loss] of actual.losses.entries())
        expect(Math.abs(loss - expected.losses[step]), `step ${step + 1}`).toBeLessThan(TOLERANCE)
      expect(Object.keys(actual.entropies).length).toBeGreaterThan(0)
      for (const [path, entropy] of Object.entries(expected.entropies))
        expect(actual.entropies[path], path).toBeCloseTo(entropy!, 2)
    })

    test('the run folder names the engine, and no tensor leaks', async () => {
      const out = await mkdtemp(join(tmpdir(), 'onebit-engine-'))
      try {
        await startEngine(engine)
        const before = tf.memory().numTensors
        const { model, result } = await trainOn(engine, out)
        model.dispose()
        expect(tf.memory().numTensors).toBe(before)
        const record = await readRun(out)
        expect(record.engine).toMatch(new RegExp(`^${engine}: `))
        expect(record.samples).toHaveLength(18)
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
