/** `cifar-10` and `cifar-100`: 32x32 color pictures, from a folder or an archive, or downloaded once. */
import type { Augmentation } from '@onebit/data'
import { z } from 'zod'
import { type CommonOptions, commonKeys, type DatasetEntry } from './dataset.ts'

interface Options extends CommonOptions {
  readonly folder?: string
  readonly download: boolean
}
interface Cifar100Options extends Options {
  readonly labels: 'fine' | 'coarse'
}

const keys = {
  /** The folder or archive of the binary or the Python version, or a folder that has one. */
  folder: z.string().min(1).optional(),
  download: z.boolean().default(true),
  ...commonKeys,
}

/** As in He et al., arXiv 1512.03385, section 4.2. */
const AUGMENT: readonly Augmentation[] = [{ type: 'random-crop', size: 32, padding: 4 }, { type: 'horizontal-flip' }]

export const cifar10: DatasetEntry<Options> = {
  title: 'CIFAR-10',
  schema: z.strictObject({ name: z.literal('cifar-10'), ...keys }),
  shape: () => ({ input: [32, 32, 3], classes: 10 }),
  load: async ({ folder: directory, download, ...common }, { onProgress, signal }) => {
    const { cifar10 } = await import('@onebit/data')
    const { inMemory } = await import('./in-memory.ts')
    return inMemory(await cifar10({ directory, download, onProgress, signal }), common, AUGMENT)
  },
}

export const cifar100: DatasetEntry<Cifar100Options> = {
  title: 'CIFAR-100',
  schema: z.strictObject({ name: z.literal('cifar-100'), labels: z.enum(['fine', 'coarse']).default('fine'), ...keys }),
  shape: ({ labels }) => ({ input: [32, 32, 3], classes: labels === 'fine' ? 100 : 20 }),
  load: async ({ folder: directory, download, labels, ...common }, { onProgress, signal }) => {
    const { cifar100 } = await import('@onebit/data')
    const { inMemory } = await import('./in-memory.ts')
    return inMemory(await cifar100({ directory, download, labels, onProgress, signal }), common, AUGMENT)
  },
}
