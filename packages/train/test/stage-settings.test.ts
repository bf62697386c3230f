/** The settings of a single stage: the weights that train and how, its data, and the initial weights. */
import { classification } from '@onebit/classify'
import { batches } from '@onebit/data'
import { type EpochRecord, type StageOptions, startEngine, type TrainEvent, trainStages } from '@onebit/train'
import type * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { composeSmall, stripesData } from './small-run.ts'
import { TEST_ENGINE } from './test-engine.ts'

beforeAll(async () => void (await startEngine(TEST_ENGINE)))

type Weights = Readonly<Record<string, readonly number[]>>

const weightsOf = (model: tf.LayersModel): Weights =>
  Object.fromEntries(
    model.layers.flatMap((layer) =>
      layer.weights.map((weight) => [
        `${layer.name}/${weight.originalName.split('/').at(-1)}`,
        Array.from(weight.read().dataSync()),
      ]),
    ),
  )

interface Trained {
  readonly weights: Weights
  readonly epochs: readonly EpochRecord[]
  readonly start: Extract<TrainEvent, { type: 'start' }>
}

async function trained(stages: readonly StageOptions[]): Promise<Trained> {
  let start: Trained['start'] | undefined
  const { model, result } = await trainStages({
    data: stripesData(),
    task: classification,
    compose: composeSmall(),
    batchSize: 8,
    seed: 3,
    engine: TEST_ENGINE,
    progress: false,
    epochs: 1,
    learningRate: 0.01,
    stages,
    onEvent: (event) => {
      if (event.type === 'start') start = event
    },
  })
  const weights = weightsOf(model)
  model.dispose()
  return { weights, epochs: result.epochs, start: start! }
}

/** Names of weights that differ, without statistics of BatchNorm. @param by More than this. */
const changed = (before: Weights, after: Weights, by = 0): string[] =>
  Object.keys(before).filter(
    (name) => !/moving/.test(name) && before[name].some((value, index) => Math.abs(value - after[name][index]) > by),
  )

const isNorm = (name: string): boolean => /\.norm\/(gamma|beta)$/.test(name)

describe('the set of weights to train', () => {
  test('may be BatchNorm alone: all other weights stay to the bit, also those beyond a clip, and statistics follow', async () => {
    // Weights far beyond the clip of `ste-sign`, which a stage that trains them would cut.
    const first: StageOptions = {
      name: 'first',
      binary: 'none',
      initial: [{ weights: ['kernel'], values: { uniform: [-3, 3] } }],
    }
    const before = await trained([first])
    const after = await trained([first, { name: 'norms', trainable: ['batch-norm'] }])
    const names = changed(before.weights, after.weights)
    expect(names.length).toBeGreaterThan(8)
    expect(names.every(isNorm), names.join()).toBe(true)
    expect(Math.max(...after.weights['stage1.block1.conv1/kernel'].map(Math.abs))).toBeGreaterThan(1)
    expect(after.weights['stem.norm/moving_mean']).not.toEqual(before.weights['stem.norm/moving_mean'])
  })

  test('is all weights except the fixed ones, by kind and by name', async () => {
    const first: StageOptions = { name: 'first', binary: 'none' }
    const before = await trained([first])
    const after = await trained([
      first,
      { name: 'second', fixed: ['batch-norm', { name: 'stem.*' }, { name: 'head.dense/bias' }] },
    ])
    const names = changed(before.weights, after.weights)
    expect(names).toContain('head.dense/kernel')
    expect(names).toContain('stage2.block1.conv2/kernel')
    expect(names.filter((name) => isNorm(name) || name.startsWith('stem') || name === 'head.dense/bias')).toEqual([])
  })

  test('has to be in the model', async () => {
    await expect(trained([{ trainable: [{ name: 'stem.convv' }] }])).rejects.toThrow(/Did you mean 'stem.conv'/)
    await expect(trained([{ trainable: ['kernels' as never] }])).rejects.toThrow(/trainable\[0\]/)
  })
})

describe('parameter groups', () => {
  const still = { optimizer: 'sgd', learningRate: 1e-30, schedule: 'constant' } as const

  test('have an optimizer, a rate and a schedule of their own', async () => {
    const before = await trained([{ ...still }])
    const grouped = await trained([{ ...still, groups: [{ weights: ['binary-kernel'], optimizer: 'adam', learningRate: 0.02 }] }])
    const kernels = changed(before.weights, grouped.weights, 1e-20)
    expect(kernels.sort()).toEqual(
      Object.keys(before.weights)
        .filter((name) => /block1\.conv[12]\/kernel$/.test(name))
        .sort(),
    )
    // The record states the stage's own rate.
    expect(grouped.epochs[0].learningRate).toBeCloseTo(1e-30, 35)
  })

  test('leave the rest as one group of the same settings does', async () => {
    const settings = { optimizer: 'adam', learningRate: 0.005, weightDecay: 0.01 } as const
    const plain = await trained([{ ...settings }])
    const grouped = await trained([
      { ...settings, groups: [{ weights: ['binary-kernel'] }, { weights: ['batch-norm', 'bias'] }] },
    ])
    expect(grouped.weights).toEqual(plain.weights)
  })

  test('decay all their weights with a decay of the group, and only kernels with that of the stage', async () => {
    const settings = { optimizer: { name: 'adamw' }, learningRate: 0.1, schedule: 'constant' } as const
    const plain = await trained([{ ...settings, learningRate: 1e-30 }])
    const decayed = await trained([
      { ...settings, learningRate: 1e-30, groups: [{ weights: ['batch-norm'], learningRate: 1e-9, weightDecay: 1e7 }] },
    ])
    // 13 steps of 1 - 1e-2.
    const gamma = 'stem.norm/gamma'
    for (const [index, value] of decayed.weights[gamma].entries())
      expect(value / plain.weights[gamma][index]).toBeCloseTo(0.99 ** 13, 3)
    const stage = await trained([{ ...settings, learningRate: 1e-9, weightDecay: 1e7 }])
    for (const [index, value] of stage.weights[gamma].entries()) expect(value).toBeCloseTo(plain.weights[gamma][index], 4)
    expect(stage.weights['stem.conv/kernel'][0] / plain.weights['stem.conv/kernel'][0]).toBeCloseTo(0.99 ** 13, 3)
  })

  test('let Bop flip by its own schedule beside a constant rate', async () => {
    const flips = (factor: number): StageOptions => ({
      epochs: 3,
      schedule: 'constant',
      groups: [
        {
          weights: ['binary-kernel'],
          optimizer: { name: 'bop', gamma: 0.1, threshold: 1e-4, scheduled: true },
          schedule: { name: 'steps', at: [1], factor },
        },
      ],
    })
    const ratio = ({ epochs }: Trained): number => Object.values(epochs[2].flipRatio).reduce((sum, value) => sum + value, 0)
    const [slow, fast] = [await trained([flips(1e-6)]), await trained([flips(1)])]
    expect(ratio(fast)).toBeGreaterThan(0)
    // The mean of gradients no longer moves, so a flipped weight stays. Hardly any weight changes in the third epoch.
    expect(ratio(slow)).not.toBe(ratio(fast))
    expect(new Set(slow.weights['stage1.block1.conv1/kernel'])).toEqual(new Set([-1, 1]))
    expect(slow.epochs[2].learningRate).toBeCloseTo(0.01, 6)
  })

  test('are checked with their place', async () => {
    const group = (more: object) => trained([{ groups: [{ weights: ['kernel'], ...more }] as never }])
    await expect(group({ optimizer: 'adan' })).rejects.toThrow(/Did you mean 'adam'/)
    await expect(group({ learningRat: 1 })).rejects.toThrow(/'learningRate'/)
    await expect(group({ warmUp: 3 })).rejects.toMatchObject({ option: 'groups[0].warmUp' })
    await expect(group({ optimizer: { name: 'sgd', momentum: 0, nesterov: true } })).rejects.toMatchObject({
      option: 'groups[0].optimizer.nesterov',
    })
    await expect(group({ schedule: { name: 'steps', at: [2, 1] } })).rejects.toMatchObject({ option: 'groups[0].schedule' })
    await expect(trained([{ groups: [{ weights: [{ name: 'nowhere' }] }] }])).rejects.toThrow(
      /'nowhere' in its 'groups\[0\].weights'/,
    )
  })
})

describe('the data of a stage', () => {
  test("is the run's, with its own batch size and augmentation", async () => {
    const flip = [{ type: 'horizontal-flip' }] as const
    const { start, epochs } = await trained([{ batchSize: 13 }, { augment: flip }, { batchSize: 26, augment: flip }])
    expect(start.stages.map(({ stepsPerEpoch, batchSize }) => [stepsPerEpoch, batchSize])).toEqual([
      [8, 13],
      [13, 8],
      [4, 26],
    ])
    expect([start.stepsPerEpoch, start.batchSize]).toEqual([8, 13])
    expect(epochs).toHaveLength(3)
    const plain = await trained([{ batchSize: 13 }])
    const augmented = await trained([{ batchSize: 13, augment: flip }])
    expect(augmented.weights).not.toEqual(plain.weights)
  })

  test("may be other pictures, in memory or as batches; epochs are measured on the run's", async () => {
    const { train } = stripesData()
    const few = { ...train, count: 24 }
    const inMemory = await trained([{ data: few }])
    expect(inMemory.start.stages[0].stepsPerEpoch).toBe(3)
    const streamed = await trained([{ data: batches(few, { batchSize: 8, dropLast: true }) }])
    expect(streamed.weights).toEqual(inMemory.weights)
    const all = await trained([{}])
    expect(all.weights).not.toEqual(inMemory.weights)
  })

  test('is refused if it does not fit', async () => {
    const { train } = stripesData()
    const source = batches(train, { batchSize: 8 })
    await expect(trained([{ data: source, batchSize: 4 }])).rejects.toThrow(/'batchSize' cannot be set/)
    await expect(trained([{ data: source, augment: [{ type: 'horizontal-flip' }] }])).rejects.toThrow(/'augment' cannot be set/)
    const small = { ...train, shape: [4, 4, 1] as const, count: 16 }
    await expect(trained([{}, { name: 'second', data: small }])).rejects.toThrow(/does not take the 'train' images/)
  })
})

describe('initial values', () => {
  test('depend on the seed, and come from the first entry that selects a weight', async () => {
    const still = { optimizer: 'sgd', learningRate: 1e-30 } as const
    const { weights } = await trained([
      {
        ...still,
        binary: 'none',
        initial: [
          { weights: [{ name: 'stem.conv' }], values: 0.5 },
          { weights: ['kernel'], values: { uniform: [0, 0.001] } },
          { weights: ['bias'], values: { normal: 2 } },
        ],
      },
    ])
    expect(new Set(weights['stem.conv/kernel'])).toEqual(new Set([0.5]))
    const kernel = weights['stage1.block1.conv1/kernel']
    expect(Math.min(...kernel)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...kernel)).toBeLessThanOrEqual(0.001)
    expect(Math.max(...kernel)).toBeGreaterThan(0.0005)
    expect(Math.max(...weights['head.dense/bias'].map(Math.abs))).toBeGreaterThan(0.1)
  })

  test('of a named distribution have its deviation', async () => {
    const inputs = 9 * 4
    for (const [values, deviation] of [
      ['pytorch', 1 / Math.sqrt(3 * inputs)],
      ['he-normal', 0.88 * Math.sqrt(2 / inputs)],
      ['glorot-uniform', Math.sqrt(2 / (9 * 4 + 9 * 4))],
    ] as const) {
      const initial = [{ weights: ['kernel'], values }] as const
      const { weights } = await trained([{ optimizer: 'sgd', learningRate: 1e-30, binary: 'none', initial }])
      const kernel = weights['stage1.block1.conv1/kernel']
      const square = kernel.reduce((sum, value) => sum + value ** 2, 0) / kernel.length
      expect(Math.sqrt(square) / deviation, values).toBeGreaterThan(0.8)
      expect(Math.sqrt(square) / deviation, values).toBeLessThan(1.2)
    }
  })

  test('that cannot be drawn are refused', async () => {
    const initial = (values: unknown) => trained([{ initial: [{ weights: ['kernel'], values }] as never }])
    await expect(initial({ uniform: [1, 0] })).rejects.toThrow(/cannot be drawn/)
    await expect(initial({})).rejects.toThrow(/cannot be drawn/)
    await expect(initial('glorot')).rejects.toThrow(/initial\[0\]/)
  })
})
