/** Stages: the weights they carry over, the effect of each setting, and reproducibility from one seed. */
import blocks from '@onebit/blocks'
import { classification, classifier } from '@onebit/classify'
import { createRegistry, type Distiller, defineDistiller, OptionError, PluginNotFoundError } from '@onebit/core'
import kd, { attentionMatching } from '@onebit/kd'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import {
  type LossTerm,
  RunError,
  stageQuantizers,
  startEngine,
  type TrainEvent,
  type TrainStagesOptions,
  tanh,
  train,
  trainStages,
} from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { composeSmall, smallRun, stripesData } from './small-run.ts'
import { TEST_ENGINE } from './test-engine.ts'

beforeAll(async () => void (await startEngine(TEST_ENGINE)))

const weightsOf = (model: tf.LayersModel): number[][] => model.getWeights().map((weight) => Array.from(weight.dataSync()))

const options = (more: Partial<TrainStagesOptions> = {}): TrainStagesOptions => ({
  data: stripesData(),
  task: classification,
  registry: createRegistry([kd]),
  compose: composeSmall(),
  batchSize: 8,
  engine: TEST_ENGINE,
  progress: false,
  epochs: 1,
  stages: [{}],
  ...more,
})

async function finalWeights(more: Partial<TrainStagesOptions>): Promise<number[][]> {
  const { model } = await trainStages(options(more))
  const weights = weightsOf(model)
  model.dispose()
  return weights
}

describe('determinism', () => {
  test('two runs with one seed end with the same bits, another seed with others', async () => {
    const run = async (seed: number): Promise<number[][]> => finalWeights({ ...smallRun(), seed })
    const first = await run(5)
    // Layers made in between only shift the counters of TensorFlow.js.
    tf.layers.dense({ units: 1 })
    expect(await run(5)).toEqual(first)
    expect(await finalWeights({ seed: 6 })).not.toEqual(await finalWeights({ seed: 5 }))
  })

  test('without a seed, train keeps the weights that the model has; with a seed it initializes them', async () => {
    const model = await composeSmall()({})
    const kernel = model.getLayer('stem.conv').weights[0]
    const settings = {
      data: stripesData(),
      epochs: 1,
      batchSize: 8,
      learningRate: 1e-12,
      engine: TEST_ENGINE,
      progress: false,
    } as const
    kernel.write(tf.fill(kernel.shape as number[], 0.25))
    await train(model, settings)
    expect(kernel.read().dataSync()[0]).toBeCloseTo(0.25, 6)
    await train(model, { ...settings, seed: 1 })
    expect(kernel.read().dataSync()[0]).not.toBeCloseTo(0.25, 3)
    model.dispose()
  })

  test('the number of tensors stays constant over 1,000 steps', { timeout: 240_000 }, async () => {
    const data = stripesData()
    const few = { ...data, train: { ...data.train, count: 16 }, test: { ...data.test, count: 8 } }
    const input = tf.input({ shape: [8, 8, 1] })
    const norm = tf.layers.batchNormalization().apply(tf.layers.flatten().apply(input))
    const scores = tf.layers.dense({ name: 'scores', units: 3, activation: 'softmax' }).apply(norm) as tf.SymbolicTensor
    const model = tf.model({ inputs: input, outputs: scores })
    const counts: number[] = []
    await train(model, {
      data: few,
      task: classification,
      epochs: 125,
      batchSize: 2,
      seed: 1,
      mixUp: 0.2,
      clipNorm: 1,
      average: 0.99,
      engine: TEST_ENGINE,
      progress: false,
      onEvent: ({ type }) => type === 'step' && counts.push(tf.memory().numTensors),
    })
    expect(counts).toHaveLength(1000)
    expect(new Set(counts).size).toBe(1)
    model.dispose()
  })
})

describe('stages', () => {
  test('latent weights and statistics are carried over by name, bit for bit', async () => {
    // With a learning rate below float32 resolution, the second stage does not change the weights.
    const still = { learningRate: 1e-30, optimizer: 'sgd' } as const
    const alone = await finalWeights({ seed: 2, stages: [{ binary: 'activations' }] })
    const both = await finalWeights({ seed: 2, stages: [{ binary: 'activations' }, { binary: 'both', ...still }] })
    const kernels = (all: number[][]): number[][] => all.filter(({ length }) => length > 8)
    expect(kernels(both)).toEqual(kernels(alone))
    const scratch = await finalWeights({
      seed: 2,
      stages: [{ binary: 'activations' }, { binary: 'both', from: 'scratch', ...still }],
    })
    expect(kernels(scratch)).not.toEqual(kernels(alone))
    const again = await finalWeights({
      seed: 2,
      stages: [{ name: 'a', binary: 'activations' }, { learningRate: 0.1 }, { from: 'a', ...still }],
    })
    expect(kernels(again)).toEqual(kernels(alone))
  })

  test('the learned scales keep the magnitude of real weights that become signs, if the stage says so', async () => {
    const scale = async (keepMagnitude?: boolean): Promise<number> => {
      const { model } = await trainStages(
        options({
          compose: (stage) =>
            classifier(createRegistry([quantizers, blocks, networks]), {
              network: { name: 'resnet-small', width: 4, stages: 2 },
              block: 'strong-baseline',
              classes: 3,
              input: [8, 8, 1],
              ...stageQuantizers(stage, { activation: 'ste-sign', weight: 'ste-sign' }),
            }),
          stages: [
            { name: 'real', binary: 'activations' },
            { name: 'binary', binary: 'both', learningRate: 1e-12, keepMagnitude },
          ],
        }),
      )
      const [factors] = model.getLayer('stage1.block1.conv1.scale').getWeights()
      const mean = tf.tidy(() => factors.mean().dataSync()[0])
      model.dispose()
      return mean
    }
    // Glorot's distribution of 36 inputs and 36 outputs has a mean magnitude of 0.13.
    expect(await scale()).toBeCloseTo(1, 1)
    expect(await scale(true)).toBeGreaterThan(0.08)
    expect(await scale(true)).toBeLessThan(0.2)
  })

  test('a stage from scratch has no magnitude to keep, and a network without learned scales warns', async () => {
    const refused = trainStages(options({ stages: [{ keepMagnitude: true }] }))
    await expect(refused).rejects.toThrow(/refuses its option 'keepMagnitude'.*an earlier stage/s)
    const messages: string[] = []
    const onEvent = (event: TrainEvent) => void (event.type === 'warning' && messages.push(event.message))
    const { model } = await trainStages(options({ stages: [{ name: 'a' }, { name: 'b', keepMagnitude: true }], onEvent }))
    model.dispose()
    expect(messages.join()).toContain("The stage 'b' has no learned scale")
  })

  test('choose the quantized sides', () => {
    const network = { activation: 'approx-sign', weight: 'ste-sign' } as const
    expect(stageQuantizers({ binary: 'none' }, network)).toEqual({ activation: undefined, weight: undefined })
    expect(stageQuantizers({ binary: 'activations' }, network)).toEqual({
      activation: 'approx-sign',
      weight: undefined,
    })
    expect(stageQuantizers({ binary: 'weights' }, network)).toEqual({ activation: undefined, weight: 'ste-sign' })
    expect(stageQuantizers({}, network)).toEqual(network)
    expect(stageQuantizers({ binary: 'none', activation: 'tanh' }, network).activation).toBe('tanh')
  })

  test('Bop leaves weights of -1 and +1, and refuses a quantizer that blocks their gradients', async () => {
    const bop = { optimizer: { name: 'bop', gamma: 0.1, threshold: 0 } as const }
    const { model } = await trainStages(options({ stages: [bop] }))
    const kernel = model.getLayer('stage1.block1.conv1').weights[0].read().dataSync()
    expect(new Set(kernel)).toEqual(new Set([-1, 1]))
    expect(new Set(model.getLayer('stem.conv').weights[0].read().dataSync()).size).toBeGreaterThan(2)
    model.dispose()
    const blocked = trainStages(options({ compose: composeSmall('approx-sign', 'approx-sign'), stages: [bop] }))
    await expect(blocked).rejects.toThrow(
      /'bop' cannot train layer 'stage1.block1.conv1'.*'approx-sign' blocks gradients.*ste-sign/,
    )
  })

  test('a distiller reads the taps of student and teacher', async () => {
    const shapes: string[] = []
    const distiller: Distiller = defineDistiller({
      name: 'mean-square',
      loss: (student, teacher) => {
        const [ours, theirs] = [student.taps['stage1.block1.conv2.add'], teacher.taps['stage1.block1.conv2.add']]
        shapes.push(ours.shape.join())
        return tf.losses.meanSquaredError(theirs, ours) as tf.Scalar
      },
    })
    const term = { plugin: distiller, taps: ['stage1.block1.conv2.add'] }
    const stages = [{ binary: 'none' as const }, { teacher: 'previous' as const, losses: ['cross-entropy' as const, term] }]
    const { model, result } = await trainStages(options({ stages }))
    expect(result.epochs.map(({ stage }) => stage)).toEqual(['stage 1', 'stage 2'])
    // Batches of training, and the test pictures whose loss is measured.
    expect(new Set(shapes)).toEqual(new Set(['8,4,4,4', '40,4,4,4']))
    model.dispose()
  })

  test('attention matching follows a teacher of another architecture, at layers with other names', async () => {
    const renamed: TrainStagesOptions['compose'] = (stage) => {
      if (stage.name !== 'teacher') return composeSmall()(stage)
      const input = tf.input({ shape: [8, 8, 1] })
      const maps = tf.layers.conv2d({ name: 'maps', filters: 6, kernelSize: 3, strides: 2, padding: 'same' }).apply(input)
      const pooled = tf.layers.globalAveragePooling2d({}).apply(maps)
      const scores = tf.layers.dense({ name: 'scores', units: 3, activation: 'softmax' }).apply(pooled) as tf.SymbolicTensor
      return tf.model({ inputs: input, outputs: scores })
    }
    const taps = [{ name: 'block', student: 'stage1.block1.conv2.add', teacher: 'maps' }]
    const term = { plugin: attentionMatching, options: { form: 'paper' }, taps, weight: 2 }
    const follow = (losses: readonly LossTerm[]) =>
      options({
        compose: renamed,
        stages: [{ name: 'teacher' }, { name: 'student', from: 'scratch', activation: tanh, teacher: 'previous', losses }],
      })
    const { model, result } = await trainStages(follow(['cross-entropy', term]))
    model.dispose()
    // The term is above 0 and at most 2 x 2: unit maps are at most 2 apart.
    const alone = await trainStages(follow(['cross-entropy']))
    alone.model.dispose()
    expect(result.epochs[1].loss).toBeGreaterThan(alone.result.epochs[1].loss)
    expect(result.epochs[1].loss).toBeLessThan(alone.result.epochs[1].loss + 4)
    const untapped = trainStages(follow([{ ...term, taps: [] }]))
    await expect(untapped).rejects.toThrow(/Stage 'student': the distiller 'attention-matching' has nothing to compare/)
  })

  test('options that cannot work are refused before any work, with the name of the stage', async () => {
    const bad: [Partial<TrainStagesOptions>, RegExp][] = [
      [{ stages: [] }, /'stages'.*at least one/],
      [{ stages: [{ name: 'a' }, { name: 'a' }] }, /Stage 'a' refuses its option 'name'/],
      [{ stages: [{}, { from: 'nowhere' }] }, /Stage 'stage 2' refuses its option 'from'.*scratch, previous, stage 1/],
      [{ stages: [{ binary: 'all' as never }] }, /refuses its option 'binary'/],
      [{ stages: [{ learnRate: 1 } as never] }, /has no option 'learnRate'.*Did you mean 'learningRate'/],
      [{ lerningRate: 1 } as never, /has no option 'lerningRate'.*Did you mean 'learningRate'/],
      [{ stages: [{ optimizer: { name: 'sgd', beta1: 1 } as never }] }, /'sgd' has no option 'beta1'/],
      [{ stages: [{ optimizer: { name: 'adam', beta1: 1 } }] }, /'adam' refuses its option 'beta1'/],
      [{ stages: [{ optimizer: { name: 'bop', rest: 'bop' } }] }, /Bop cannot be the rest of Bop/],
      [{ stages: [{ losses: [{ name: 'soft-labels' }] }] }, /'soft-labels' has no teacher to follow/],
      [{ stages: [{ losses: [{ name: 'cross-entropy', weight: -1 }] }] }, /'cross-entropy' has a bad weight/],
      [{ stages: [{ losses: [{ name: 'cross-entropy', taps: ['a'] }] }] }, /'cross-entropy' reads no taps/],
      [{ stages: [{ teacher: 'previous' }] }, /refuses its option 'teacher'/],
      [{ stages: [{ warmUp: 1 }] }, /refuses its option 'warmUp'.*less than the 1 epochs/],
      [{ stages: [{ schedule: { name: 'steps', at: [2, 1] } }] }, /ascending epochs/],
      [{ stages: [{ patience: -1 }] }, /refuses its option 'patience'/],
      [{ stages: [{ keep: 'first' as never }] }, /refuses its option 'keep'.*'last' or 'best'/],
      [{ seed: -1 }, /refuses its option 'seed'/],
      [{ task: undefined }, /The task of the .+ is unknown/],
    ]
    for (const [change, message] of bad) {
      await expect(trainStages(options(change))).rejects.toThrow(OptionError)
      await expect(trainStages(options(change))).rejects.toThrow(message)
    }
    const unknown: [Partial<TrainStagesOptions>, RegExp][] = [
      [{ stages: [{ optimizer: 'adan' as never }] }, /no optimizer named 'adan'. Did you mean 'adam'/],
      [{ stages: [{ losses: ['hinge' as never] }] }, /no loss or distiller named 'hinge'.*Known: cross-entropy, soft-labels/],
    ]
    for (const [change, message] of unknown) {
      await expect(trainStages(options(change))).rejects.toThrow(PluginNotFoundError)
      await expect(trainStages(options(change))).rejects.toThrow(message)
    }
    const other = (stage: { binary?: string }): tf.LayersModel => {
      const input = tf.input({ shape: [8, 8, 1] })
      const logits = tf.layers.dense({ name: `dense.${stage.binary}`, units: 3 }).apply(tf.layers.flatten().apply(input))
      return tf.model({ inputs: input, outputs: tf.layers.softmax({ name: 'scores' }).apply(logits) as tf.SymbolicTensor })
    }
    const strangers = trainStages(options({ compose: other, stages: [{ binary: 'none' }, { binary: 'both' }] }))
    await expect(strangers).rejects.toThrow(RunError)
  })
})
