import { createRegistry } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import type { ImageSet } from '../image-set.ts'
import plugins from '../index.ts'
import { defineDataset } from './dataset-plugin.ts'
import { inMemory } from './in-memory.ts'

const registry = createRegistry(plugins)

const load = async (reference: { name: string; [option: string]: unknown }) => {
  const { plugin, options } = registry.resolve('dataset', reference)
  return plugin.load(options, {})
}

describe('data sets by name', () => {
  it('are listed, each with the options that all have', () => {
    const names = registry.list('dataset').map(({ name }) => name)
    expect(names).toEqual([
      ...[
        'fashion-mnist',
        'fashion-scenes',
        'synthetic-people',
        'cifar-10',
        'cifar-100',
        'image-folder',
        'imagenet',
        'mpii',
        'coco-keypoints',
      ],
    ])
    for (const { name, options } of registry.list('dataset')) {
      expect(Object.keys(options), name).toEqual(
        expect.arrayContaining(['batch', 'limit', 'normalization', 'augment', 'validation']),
      )
      for (const [key, rule] of Object.entries(options)) expect(rule.description, `${name}.${key}`).toMatch(/\w/)
    }
  })

  it('tell their shape without pictures, and the same once they are loaded', async () => {
    const { plugin, options } = registry.resolve('dataset', 'fashion-mnist')
    const { input, facts, task } = await load({ name: 'fashion-mnist', limit: 3 })
    expect({ input, facts }).toEqual(await plugin.shape(options))
    expect(task).toBe(plugin.task)
  })

  it('hold out a validation part of the training pictures that are left', async () => {
    const whole = await load({ name: 'fashion-mnist', limit: 100 })
    const parted = await load({ name: 'fashion-mnist', limit: 100, validation: 0.2 })
    expect(whole.images).toEqual({ train: 100, validation: 0, test: 100 })
    expect(whole.validation).toBeUndefined()
    expect(parted.images).toEqual({ train: 80, validation: 20, test: 100 })
    const sets = [parted.train, parted.validation!] as ImageSet<number>[]
    const pictures = (set: ImageSet<number>): string[] =>
      Array.from(set.annotations, (label, index) => `${label} ${set.images.subarray(784 * index, 784 * (index + 1)).join()}`)
    expect(sets.flatMap(pictures).sort()).toEqual(pictures(whole.train as ImageSet<number>).sort())
  })

  it('augment training pictures alone', async () => {
    const data = await load({
      name: 'fashion-mnist',
      limit: 40,
      validation: 10,
      batch: 8,
      augment: [{ type: 'random-crop', size: 24 }],
    })
    expect(data.train).toMatchObject({ batchSize: 8, count: 3, shape: [24, 24, 1] })
    expect(data.validation).toMatchObject({ shape: [28, 28, 1], count: 10 })
  })

  it.each([
    [{ name: 'fashion-mnist', splitt: 'full' }, /Did you mean 'split'/],
    [{ name: 'fashion-mnits' }, /Did you mean 'fashion-mnist'/],
    [{ name: 'cifar-10', batch: 0 }, /'batch'.*at least 1/s],
    [{ name: 'cifar-10', normalization: { mean: 0 } }, /'normalization.standardDeviation'/],
    [{ name: 'cifar-10', augment: [{ name: 'horizontal-flip' }] }, /'augment\[0\]'.*"type"/s],
    [{ name: 'imagenet', badFiles: 'ignore' }, /'throw' or 'skip'/],
  ])('refuse %o', (reference, message) => {
    expect(() => registry.resolve('dataset', reference)).toThrow(message)
  })

  it('may be of other packages, with options of their own beside the common ones', async () => {
    const dots = defineDataset({
      name: 'dots',
      task: 'counting',
      options: { most: { default: 3, min: 1, integer: true } },
      shape: ({ most }) => ({ input: [4, 4, 1], facts: { most } }),
      async load({ most, ...common }, context) {
        const set: ImageSet = {
          images: new Uint8Array(160),
          annotations: Array.from({ length: 10 }, (_, index) => ({ dots: index % most })),
          count: 10,
          shape: [4, 4, 1],
          normalization: { mean: 0, standardDeviation: 1 },
        }
        const { normalization } = set
        const parts = { train: set, test: set, normalization, source: 'directory', attribution: '' } as const
        return inMemory('counting', { name: 'Dots', facts: { most }, input: [4, 4, 1], ...parts }, common, context)
      },
    })
    const { plugin, options } = createRegistry([plugins, dots]).resolve('dataset', { name: 'dots', most: 5, validation: 0.3 })
    const data = await plugin.load(options, {})
    expect(data).toMatchObject({ task: 'counting', facts: { most: 5 }, images: { train: 7, validation: 3, test: 10 } })
    expect(options).toMatchObject({ batch: 64, most: 5 })
  })
})
