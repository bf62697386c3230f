/** `imagenet`: the classification data of ILSVRC 2012, from your own copy. */
import { DataError } from '../data-error.ts'
import { imageNet } from '../images/image-net.ts'
import { describeSkipped } from '../images/skipped-file.ts'
import { defineDataset } from './dataset-plugin.ts'
import { fromImageFiles, imageRules, sizeRule } from './image-files.ts'

const TITLE = 'ImageNet'

/** The classes in the copy's mapping of synsets, which may be only some of all. Without a copy, numbers for all classes. */
async function classesIn(directory: string | undefined): Promise<string[]> {
  try {
    return [...(await imageNet({ directory, split: 'val' })).facts.classes]
  } catch (error) {
    if (DataError.isInstance(error) && error.reason === 'not-found') {
      return Array.from({ length: 1000 }, (_, index) => `class ${index}`)
    }
    throw error
  }
}

export const imageNetDataset = defineDataset({
  name: 'imagenet',
  package: '@onebit/data',
  paper: {
    title: 'ImageNet Large Scale Visual Recognition Challenge',
    authors: 'Russakovsky et al.',
    year: 2015,
    arxiv: '1409.0575',
  },
  task: 'classify',
  title: TITLE,
  options: {
    folder: { type: 'text', optional: true, description: 'folder with the mapping of synsets, `train` and `val`' },
    size: sizeRule,
    ...imageRules,
  },
  shape: async ({ size, folder }) => ({ input: [size, size, 3], facts: { classes: await classesIn(folder) } }),
  load: async (options, context) => {
    const [train, test] = await Promise.all(
      (['train', 'val'] as const).map((split) => imageNet({ directory: options.folder, split })),
    )
    const facts = { classes: [...train.facts.classes] }
    const notes = describeSkipped([...train.ignored, ...test.ignored])
    return fromImageFiles({ name: TITLE, task: 'classify', facts, channels: 3, train, test, notes }, options, context)
  },
})
