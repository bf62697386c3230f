/** `imagenet`: the classification data of ILSVRC 2012, from your own copy. */
import { z } from 'zod'
import type { DatasetEntry } from './dataset.ts'
import { centerOf, type ImageOptions, imageKeys } from './image-options.ts'

interface Options extends ImageOptions {
  /** Has the mapping of synsets, `train` and `val`. */
  readonly folder?: string
}

export const imageNetData: DatasetEntry<Options> = {
  schema: z.strictObject({
    name: z.literal('imagenet'),
    folder: z.string().min(1).optional(),
    size: z.int().min(1).default(224),
    ...imageKeys,
  }),
  preparation: ({ size }) => centerOf(size),
  shape: ({ size }) => ({ input: [size, size, 3], classes: 1000 }),
  load: async (options, context) => {
    const { imageNet } = await import('@onebit/data')
    const { fromImageFiles } = await import('./image-files.ts')
    const [train, test] = await Promise.all(
      (['train', 'val'] as const).map((split) => imageNet({ directory: options.folder, split })),
    )
    return fromImageFiles({ name: 'ImageNet', channels: 3, train, test }, options, context)
  },
}
