/** `fashion-mnist`: 28x28 gray pictures of clothes; a part ships with Onebit. */
import { z } from 'zod'
import { type CommonOptions, commonKeys, type DatasetEntry } from './dataset.ts'

export const SPLITS = ['embedded', 'full', 'auto'] as const
export type Split = (typeof SPLITS)[number]

interface Options extends CommonOptions {
  readonly split: Split
  readonly folder?: string
}

export const fashionMnist: DatasetEntry<Options> = {
  schema: z.strictObject({
    name: z.literal('fashion-mnist'),
    split: z.enum(SPLITS).default('embedded'),
    folder: z.string().min(1).optional(),
    ...commonKeys,
  }),
  title: 'Fashion-MNIST',
  shape: () => ({ input: [28, 28, 1], classes: 10 }),
  load: async ({ split, folder: directory, ...common }, { onProgress, signal }) => {
    const { fashionMnist } = await import('@onebit/data')
    const { inMemory } = await import('./in-memory.ts')
    return inMemory(await fashionMnist({ split, directory, onProgress, signal }), common)
  },
}
