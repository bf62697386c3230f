/** `cifar-10` and `cifar-100`: 32x32 color pictures, from a folder or an archive, or downloaded once. */
import type { OptionRules } from '@onebit/core'
import type { Augmentation } from '../augment/augmentation.ts'
import { cifar10, cifar100 } from '../cifar/cifar.ts'
import { type DatasetPlugin, type DatasetShape, defineDataset } from './dataset-plugin.ts'
import { inMemory } from './in-memory.ts'

const rules = {
  folder: { type: 'text', optional: true, description: 'location of the binary or the Python version, unpacked or not' },
  download: { default: true, description: 'download it if this machine does not have it (170 MB)' },
} as const satisfies OptionRules

const package_ = '@onebit/data'
const paper = { title: 'Learning Multiple Layers of Features from Tiny Images', authors: 'Krizhevsky', year: 2009 }

/** The augmentation of He et al., arXiv 1512.03385, section 4.2. */
const AUGMENT: readonly Augmentation[] = [{ type: 'random-crop', size: 32, padding: 4 }, { type: 'horizontal-flip' }]

/** Numbers stand for the names of classes, because the names are in the files, which are not read here. */
const shapeOf = (classes: number): DatasetShape => ({
  input: [32, 32, 3],
  facts: { classes: Array.from({ length: classes }, (_, index) => `class ${index}`) },
})

export const cifar10Dataset: DatasetPlugin = defineDataset({
  name: 'cifar-10',
  package: package_,
  paper,
  task: 'classify',
  title: 'CIFAR-10',
  options: rules,
  shape: () => shapeOf(10),
  load: async ({ folder: directory, download, ...common }, context) =>
    inMemory(
      'classify',
      await cifar10({ directory, download, onProgress: context.onProgress, signal: context.signal }),
      common,
      context,
      AUGMENT,
    ),
})

export const cifar100Dataset: DatasetPlugin = defineDataset({
  name: 'cifar-100',
  package: package_,
  paper,
  task: 'classify',
  title: 'CIFAR-100',
  ofTest: ['labels'],
  options: {
    labels: { default: 'fine', values: ['fine', 'coarse'], description: 'the 100 fine classes or the 20 coarse classes' },
    ...rules,
  },
  shape: ({ labels }) => shapeOf(labels === 'fine' ? 100 : 20),
  load: async ({ folder: directory, download, labels, ...common }, context) =>
    inMemory(
      'classify',
      await cifar100({ directory, download, labels, onProgress: context.onProgress, signal: context.signal }),
      common,
      context,
      AUGMENT,
    ),
})
