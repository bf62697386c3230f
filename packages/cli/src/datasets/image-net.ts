/** `imagenet`: the classification data of ILSVRC 2012, from your own copy. */
import { z } from 'zod'
import type { DatasetEntry } from './dataset.ts'
import { type ImageOptions, imageKeys } from './image-options.ts'

interface Options extends ImageOptions {
  /** Has the mapping of synsets, `train` and `val`. */
  readonly folder?: string
}

const TITLE = 'ImageNet'

/** As many as the copy's mapping of synsets lists, which may be of a part; all of them where there is no copy. */
async function classesIn(directory: string | undefined): Promise<number> {
  const { DataError, imageNet } = await import('@onebit/data')
  try {
    return (await imageNet({ directory, split: 'val' })).classes.length
  } catch (error) {
    if (DataError.isInstance(error) && error.reason === 'not-found') return 1000
    throw error
  }
}

export const imageNetData: DatasetEntry<Options> = {
  title: TITLE,
  schema: z.strictObject({
    name: z.literal('imagenet'),
    folder: z.string().min(1).optional(),
    size: z.int().min(1).default(224),
    ...imageKeys,
  }),
  shape: async ({ size, folder }) => ({ input: [size, size, 3], classes: await classesIn(folder) }),
  load: async (options, context) => {
    const { describeSkipped, imageNet } = await import('@onebit/data')
    const { fromImageFiles } = await import('./image-files.ts')
    const [train, test] = await Promise.all(
      (['train', 'val'] as const).map((split) => imageNet({ directory: options.folder, split })),
    )
    const notes = describeSkipped([...train.ignored, ...test.ignored])
    return fromImageFiles({ name: TITLE, channels: 3, train, test, notes }, options, context)
  },
}
