/** Recipes with stages: refused mistakes with their places, the model of each stage, and resuming a run in stages. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quantizedLayers } from '@onebit/layers'
import { readRun } from '@onebit/train'
import { describe, expect, it } from 'vitest'
import { freezeRun } from '../src/commands/freeze.ts'
import { trainRun } from '../src/commands/train.ts'
import { RecipeError } from '../src/errors.ts'
import { checkPlan } from '../src/recipe/check-plan.ts'
import { composeStage } from '../src/recipe/compose.ts'
import { trainableStages } from '../src/recipe/losses.ts'
import { defineRecipe, type LocatedRecipe, readRecipe } from '../src/recipe/read-recipe.ts'
import type { Recipe } from '../src/recipe/recipe.ts'
import { Shell } from '../src/shell.ts'
import { onebit, TINY_NETWORK, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const silent = { write() {} }
const quiet = new Shell({ stdout: silent, stderr: silent })
const shape = { input: [28, 28, 1], facts: { classes: Array.from({ length: 10 }, (_, index) => `${index}`) } } as const

const recipe: Recipe = {
  dataset: { name: 'fashion-mnist', batch: 16, limit: 64 },
  model: { network: TINY_NETWORK, block: 'bi-real', activation: 'approx-sign', weight: 'ste-sign' },
  training: { seed: 4, learningRate: 0.001 },
  stages: [
    { name: 'bounded', binary: 'none', activation: 'tanh', epochs: 1 },
    {
      name: 'both',
      binary: 'both',
      epochs: 1,
      teacher: 'previous',
      losses: ['cross-entropy', { name: 'attention-matching', weight: 2 }, { name: 'soft-labels', weight: 0.5, temperature: 2 }],
    },
  ],
}

/** The recipe with its second stage changed. */
const withStage = (change: object): Recipe => ({ ...recipe, stages: [recipe.stages![0], { ...recipe.stages![1], ...change }] })

async function written(content: unknown, name = 'stages.json'): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, JSON.stringify(content))
  return file
}

/** Runs all checks that `train` makes before it loads data. */
async function prepare(located: LocatedRecipe): Promise<unknown> {
  checkPlan(located)
  return trainableStages(located, shape)
}

describe('stages', () => {
  it.each([
    ['an unknown key', { activaton: 'x' }, 'stages[1].activaton', /Did you mean 'activation'/],
    ['a wrong type', { epochs: '2' }, 'stages[1].epochs', /an integer of at least 1/],
    ['no epochs', { epochs: undefined }, 'stages[1]', /'both' has no number of epochs/],
    ['a choice that is none', { binary: 'all' }, 'stages[1].binary', /none/],
    ['an unknown optimizer', { optimizer: 'adan' }, 'stages[1].optimizer', /Did you mean 'adam'/],
    ['an option the optimizer lacks', { optimizer: { name: 'sgd', gamma: 1 } }, 'stages[1].optimizer.gamma', /no option 'gamma'/],
    ['a warm-up that never ends', { warmUp: 3 }, 'stages[1].warmUp', /less than the 1 epochs/],
    ['steps that go back', { schedule: { name: 'steps', at: [2, 1] } }, 'stages[1].schedule', /ascending/],
    [
      'a stage to begin from that is later',
      { from: 'third' },
      'stages[1].from',
      /Expected scratch, previous, bounded, received third/,
    ],
    ['a name that is taken', { name: 'bounded' }, 'stages[1].name', /a name of its own/],
    ['a quantizer that is none', { activation: 'aprox-sign' }, 'stages[1].activation', /Did you mean 'approx-sign'/],
    ['a block that is none', { block: 'bi-rael' }, 'stages[1].block', /Did you mean 'bi-real'/],
    ['a loss that is none', { losses: ['attention-maching'] }, 'stages[1].losses[0]', /Did you mean 'attention-matching'/],
    [
      'an option the loss lacks',
      { losses: [{ name: 'attention-matching', form: 'x' }] },
      'stages[1].losses[0].form',
      /'paper' or 'maximum'/,
    ],
    ['a loss without a teacher', { teacher: undefined, losses: ['attention-matching'] }, 'stages[1].losses[0]', /no teacher/],
    ['soft labels without a teacher', { teacher: undefined, losses: ['soft-labels'] }, 'stages[1].losses', /no teacher/],
    ['a kind of weights that is none', { trainable: ['batchnorm'] }, 'stages[1].trainable[0]', /'batch-norm'/],
    ['a weight that is none', { fixed: [{ name: 'stem.con' }] }, 'stages[1].fixed[0].name', /Did you mean 'stem.conv'/],
    [
      'a group whose optimizer is none',
      { groups: [{ weights: ['kernel'], optimizer: 'adan' }] },
      'stages[1].groups[0].optimizer',
      /Did you mean 'adam'/,
    ],
    [
      'a group whose steps go back',
      { groups: [{ weights: ['kernel'], schedule: { name: 'steps', at: [2, 1] } }] },
      'stages[1].groups[0].schedule',
      /ascending/,
    ],
    ['a group of nothing', { groups: [{ learningRate: 1 }] }, 'stages[1].groups[0].weights', /a list of at least 1/],
    [
      'initial values that are none',
      { initial: [{ weights: ['kernel'], values: { uniform: [1, 0] } }] },
      'stages[1].initial[0].values',
      /low at most high/,
    ],
    ['a data set of another task', { dataset: { name: 'fashion-scenes' } }, 'stages[1].dataset.name', /another task/],
    [
      'an option that the data set lacks',
      { dataset: { name: 'cifar-10', splt: 1 } },
      'stages[1].dataset.splt',
      /no option 'splt'/,
    ],
    ['another part of the data set', { dataset: { limit: 3 } }, 'stages[1].dataset.limit', /no option 'limit'/],
    [
      'an augmentation that is none',
      { dataset: { augment: [{ type: 'horizontal-flop' }] } },
      'stages[1].dataset.augment[0].type',
      /Did you mean 'horizontal-flip'/,
    ],
    [
      'a feature that is none',
      { losses: [{ name: 'attention-matching', taps: ['stage9'] }] },
      'stages[1].losses[0]',
      /no feature 'stage9'.*stage1.block1/s,
    ],
  ])('with %s are refused with the place', async (_, change, path, message) => {
    const file = await written(withStage(change))
    const error: unknown = await readRecipe(file)
      .then(prepare)
      .catch((caught) => caught)
    if (!RecipeError.isInstance(error)) throw new Error(`expected a RecipeError, got ${error}`)
    expect(error.message).toMatch(message)
    expect(error.location).toBe(`${file}, ${path}`)
  })

  it('report a mistake in a shared setting once, at its own place', async () => {
    const file = await written({ ...recipe, training: { ...recipe.training, schedule: 'linear', optimizer: 'adan' } })
    const error: unknown = await readRecipe(file)
      .then(prepare)
      .catch((caught) => caught)
    expect(RecipeError.isInstance(error) && error.location).toBe(`${file}, training.optimizer`)
    const flag = { flag: '--optimizer', path: ['training', 'optimizer'], value: 'adan' } as const
    const flagged: unknown = await readRecipe(undefined, [flag])
      .then(prepare)
      .catch((caught) => caught)
    expect(RecipeError.isInstance(flagged) && flagged.location).toBe('--optimizer')
  })

  it('refuse a flag that every stage overrides, and accept one that only one stage overrides', async () => {
    const file = await written(recipe)
    const epochs = { flag: '--epochs', path: ['training', 'epochs'], value: 3 } as const
    await expect(readRecipe(file, [epochs])).rejects.toThrow(
      /'--epochs' would change nothing\. Change `epochs` in its stages\. .*--limit 300/,
    )
    await expect(readRecipe('bi-real', [epochs])).rejects.toThrow(
      /`onebit recipe bi-real > recipe\.json`, and change `epochs` in its stages/,
    )
    const decay = { flag: '--weight-decay', path: ['training', 'weightDecay'], value: 0.1 } as const
    expect((await readRecipe(file, [decay])).recipe.training.weightDecay).toBe(0.1)
  })

  it('compose their binary sides, quantizers, block and network', async () => {
    const located = defineRecipe({
      ...recipe,
      stages: [
        { binary: 'none', block: 'basic', network: 'resnet-small', epochs: 1 },
        { binary: 'activations', epochs: 1 },
        { binary: 'weights', weight: { name: 'xnor' }, epochs: 1 },
        { activation: 'tanh', epochs: 1 },
      ],
    })
    const seen = []
    for (let index = 0; index < 4; index++) {
      const { model } = await composeStage(located, index, shape)
      const layers = quantizedLayers(model)
      const names = (target: 'activation' | 'weight') => [
        ...new Set(layers.map((layer) => layer.quantizer(target)?.plugin.name ?? 'real')),
      ]
      seen.push([...names('activation'), ...names('weight')])
      model.dispose()
    }
    expect(seen).toEqual([
      ['real', 'real'],
      ['approx-sign', 'real'],
      ['real', 'xnor'],
      ['tanh', 'ste-sign'],
    ])
  })

  it('find the ends of the same blocks in a teacher of another architecture', async () => {
    const located = defineRecipe({
      ...recipe,
      stages: [
        { binary: 'none', block: 'basic', epochs: 1 },
        { ...recipe.stages![1], from: 'scratch' },
      ],
    })
    const {
      stages: [, second],
    } = await trainableStages(located, shape)
    const [, term] = second.losses as unknown as { taps: { name: string; student: string; teacher: string }[]; weight: number }[]
    expect(term.weight).toBe(2)
    expect(term.taps.map(({ name }) => name)).toEqual(['stage1.block1', 'stage2.block1'])
    expect(term.taps[0].student).not.toBe(term.taps[0].teacher)
  })
})

describe('a run in stages', () => {
  it('trains each, resumes after Ctrl-C with the same bits, and freezes', { timeout: 60_000 }, async () => {
    const whole = join(folder, 'whole')
    const trained = await trainRun({ recipe: defineRecipe(recipe), out: whole, engine: 'wasm' }, quiet)
    expect(trained.epochs.map(({ stage }) => stage)).toEqual(['bounded', 'both'])

    const out = join(folder, 'interrupted')
    const controller = new AbortController()
    let lines = 0
    const stderr = { write: () => void (++lines === 3 && controller.abort()) }
    const shell = new Shell({ stdout: silent, stderr, signal: controller.signal })
    const options = { recipe: defineRecipe(recipe), out, engine: 'wasm', checkpointEvery: 1 } as const
    const first = await trainRun(options, shell)
    expect(first.interrupted).toBe(true)
    const before = await readFile(join(out, 'run.json'))

    const changed = defineRecipe({ ...recipe, training: { ...recipe.training, learningRate: 0.01 } })
    const refused = trainRun({ ...options, recipe: changed, resume: true }, quiet)
    await expect(refused).rejects.toThrow(/'stages.0.learningRate' changed. Expected 0.001, received 0.01/)
    expect(await readFile(join(out, 'run.json'))).toEqual(before)

    const { code } = await onebit('train', '--resume', out, '--engine', 'wasm')
    expect(code).toBe(0)
    expect(await readFile(join(out, 'weights.bin'))).toEqual(await readFile(join(whole, 'weights.bin')))
    const { parameters } = await freezeRun({ run: out }, quiet)
    expect(parameters.binary).toBe(9 * (8 * 8 + 8 * 8 + 8 * 16 + 16 * 16))
  })

  it('may train in other batches, with augmentation, and on other pictures than the run', { timeout: 60_000 }, async () => {
    const out = join(folder, 'data')
    const [bounded, both] = recipe.stages!
    const stages = [
      { ...bounded, dataset: { batch: 32, augment: [{ type: 'horizontal-flip' }] } },
      { ...both, name: 'few', dataset: { name: 'fashion-mnist', limit: 48, batch: 8 } },
    ]
    const lines: string[] = []
    const stderr = { write: (text: string) => void lines.push(text) }
    await trainRun({ recipe: defineRecipe({ ...recipe, stages }), out, engine: 'wasm' }, new Shell({ stdout: silent, stderr }))
    const { stages: records, epochs } = await readRun(out)
    expect(records.map(({ batchSize }) => batchSize)).toEqual([undefined, 8])
    expect(epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    const other = { ...both, name: 'cifar', dataset: { name: 'fashion-mnist', augment: [{ type: 'random-crop', size: 20 }] } }
    const unlike = trainRun({ recipe: defineRecipe({ ...recipe, stages: [bounded, other as never] }), engine: 'wasm' }, quiet)
    await expect(unlike).rejects.toThrow(/does not take the 'train' images/)
  })

  it('that ends in real activations is refused by freeze', { timeout: 60_000 }, async () => {
    const out = join(folder, 'real')
    const [stage] = recipe.stages!
    await trainRun({ recipe: defineRecipe({ ...recipe, stages: [stage] }), out, engine: 'wasm' }, quiet)
    await expect(freezeRun({ run: out }, quiet)).rejects.toThrow(/'tanh' is real: it has no bits to freeze/)
  })
})
