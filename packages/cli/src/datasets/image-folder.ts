/** `image-folder`: photographs of your own, one folder for each class. */
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { OptionError } from '@onebit/core'
import type { ImageFiles } from '@onebit/data'
import { z } from 'zod'
import type { DatasetEntry } from './dataset.ts'
import { type ImageOptions, imageKeys } from './image-options.ts'

interface Options extends ImageOptions {
  readonly folder?: string
  readonly train?: string
  readonly test?: string
  readonly holdOut: number
  readonly channels: 1 | 3
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** The folders of both parts; without a second one, some of the first are held out. */
async function foldersOf({ folder, train, test }: Options): Promise<{ train: string; test?: string }> {
  if (train !== undefined) return { train, test }
  if (folder === undefined) {
    throw new OptionError({
      what: `The data set 'image-folder' has no folder.`,
      expected: `'folder', or 'train' and 'test'`,
      fix: 'Name it in the recipe, or give --data-folder.',
    })
  }
  const inside = join(folder, 'train')
  if (!(await isFolder(inside))) return { train: folder }
  for (const name of ['test', 'val']) if (await isFolder(join(folder, name))) return { train: inside, test: join(folder, name) }
  return { train: inside }
}

function checkClasses(train: ImageFiles, test: ImageFiles, folder: string): void {
  const stranger = test.classes.find((name) => !train.classes.includes(name))
  const missing = train.classes.find((name) => !test.classes.includes(name))
  if (stranger === undefined && missing === undefined) return
  throw new OptionError({
    what: `The test images in '${folder}' do not have the classes of the training images.`,
    expected: train.classes.join(', '),
    received: test.classes.join(', '),
    fix: stranger === undefined ? `Add images of '${missing}'.` : `Remove or rename '${stranger}'.`,
  })
}

export const imageFolderData: DatasetEntry<Options> = {
  schema: z.strictObject({
    name: z.literal('image-folder'),
    /** Has `train` and `test` (or `val`) below it, or the classes themselves. */
    folder: z.string().min(1).optional(),
    train: z.string().min(1).optional(),
    test: z.string().min(1).optional(),
    /** Where there is no test folder, every so many-th image of a class is one. */
    holdOut: z.int().min(2).default(10),
    size: z.int().min(1).default(224),
    channels: z.union([z.literal(1), z.literal(3)], { error: 'expected 1 (gray) or 3 (color)' }).default(3),
    ...imageKeys,
  }),
  shape: async (options) => {
    const { imageFolder } = await import('@onebit/data')
    const { classes } = await imageFolder((await foldersOf(options)).train)
    return { input: [options.size, options.size, options.channels], classes: classes.length }
  },
  load: async (options, context) => {
    const { imageFolder, splitImages } = await import('@onebit/data')
    const { fromImageFiles } = await import('./image-files.ts')
    const folders = await foldersOf(options)
    const all = await imageFolder(folders.train)
    const [train, test] = folders.test ? [all, await imageFolder(folders.test)] : splitImages(all, options.holdOut)
    if (folders.test) checkClasses(train, test, folders.test)
    const name = basename(resolve(options.folder ?? folders.train))
    return fromImageFiles({ name, channels: options.channels, train, test }, options, context)
  },
}
