/**
 * `fashion-scenes`: clothes of Fashion-MNIST on textured backgrounds, with a class for every pixel. It is generated in memory.
 */
import type { PictureData } from '@onebit/core'
import { FASHION_MNIST_CLASSES, fashionMnist } from '../fashion-mnist.ts'
import type { ImageSet, LabeledSet } from '../image-set.ts'
import type { Normalization } from '../normalization.ts'
import { Random } from '../random.ts'
import { composeScene, type SceneOptions } from './compose-scene.ts'
import { defineDataset } from './dataset-plugin.ts'
import { inMemory } from './in-memory.ts'

/** Normalization of 1,000 scenes with the default options. */
const normalization: Normalization = { mean: 0.3176, standardDeviation: 0.2197 }

const facts = { classes: ['ground', ...FASHION_MNIST_CLASSES] }

/** Generates scenes. Another number of scenes does not change the first ones. */
function scenes(
  clothes: LabeledSet,
  count: number,
  options: SceneOptions,
  seed: number,
): ImageSet<{ readonly mask: PictureData }> {
  const { size } = options
  const random = new Random(seed)
  const images = new Uint8Array(count * size * size)
  const annotations = Array.from({ length: count }, (_, index) => {
    const { picture, mask } = composeScene(clothes, options, random)
    images.set(picture.data, index * size * size)
    return { mask }
  })
  return { images, annotations, count, shape: [size, size, 1], normalization }
}

export const fashionScenesDataset = defineDataset({
  name: 'fashion-scenes',
  package: '@onebit/data',
  paper: { title: 'Fashion-MNIST', authors: 'Xiao, Rasul and Vollgraf', year: 2017, arxiv: '1708.07747' },
  task: 'segment',
  title: 'Fashion scenes',
  ofTest: ['split', 'size', 'pieces', 'test', 'seed'],
  options: {
    split: {
      default: 'embedded',
      values: ['embedded', 'full', 'auto'],
      description:
        'clothes from the part of Fashion-MNIST that ships with Onebit, from all of it, or from all of it if this machine has it',
    },
    folder: { type: 'text', optional: true, description: 'location of the Fashion-MNIST files' },
    download: {
      type: 'boolean',
      optional: true,
      description: 'download all of Fashion-MNIST if this machine does not have it (31 MB)',
    },
    size: { default: 56, min: 28, max: 512, integer: true, description: 'height and width of a scene, in pixels' },
    pieces: { default: 4, min: 1, max: 100, integer: true, description: 'maximum number of clothes in a scene' },
    train: { default: 2000, min: 1, max: 100_000, integer: true, description: 'number of training scenes' },
    test: { default: 400, min: 1, max: 100_000, integer: true, description: 'number of test scenes' },
    seed: { default: 0, min: 0, max: 0x7fffffff, integer: true, description: 'seed of all scenes' },
  },
  shape: ({ size }) => ({ input: [size, size, 1], facts }),
  load: async ({ split, folder: directory, download, size, pieces, train, test, seed, ...common }, context) => {
    const { onProgress, signal } = context
    const clothes = await fashionMnist({ split, directory, download, onProgress, signal })
    const { limit = Number.POSITIVE_INFINITY } = common
    const data = {
      ...clothes,
      name: 'Fashion scenes',
      facts,
      input: [size, size, 1] as [number, number, number],
      normalization,
      background: undefined,
      train: scenes(clothes.train, Math.min(train, limit), { size, pieces }, 2 * seed),
      test: scenes(clothes.test, Math.min(test, limit), { size, pieces }, 2 * seed + 1),
    }
    return inMemory('segment', data, common, context)
  },
})
