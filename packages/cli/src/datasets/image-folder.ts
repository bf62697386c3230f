/** `image-folder`: photographs of your own, one folder for each class. */
import { basename, resolve } from 'node:path'
import { OptionError } from '@onebit/core'
import type { ImageFiles, ImageParts } from '@onebit/data'
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

/** The folders of both parts; without a second one, some of the first are held out. */
async function foldersOf({ folder, train, test }: Options): Promise<ImageParts> {
  if (train !== undefined) return { train, test, ignored: [] }
  if (folder === undefined) {
    throw new OptionError({
      what: `The data set 'image-folder' has no folder.`,
      expected: `'folder', or 'train' and 'test'`,
      fix: 'Name it in the recipe, or give --data-folder.',
    })
  }
  const { imageParts } = await import('@onebit/data')
  return (await imageParts(folder)) ?? { train: folder, ignored: [] }
}

/** Below so many pictures, a class that gives one gives more than a tenth of them. */
const FEW = 10

/** What is said of pictures that were held out, as nobody asked for it. */
async function describeHeldOut(all: ImageFiles, test: ImageFiles, every: number): Promise<string[]> {
  const { countByClass } = await import('@onebit/data')
  const counts = countByClass(all)
  const named = (wanted: (count: number) => boolean): string => {
    const names = all.classes.filter((_, label) => wanted(counts[label]))
    return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
  }
  const [few, single] = [named((count) => count > 1 && count < Math.max(every, FEW)), named((count) => count === 1)]
  return [
    `There is no folder of test pictures: ${test.files.length} of ${all.files.length} are held out, one in ${every} of each class.`,
    ...(few ? [`Classes of few pictures give one each: ${few}. Their accuracy says little.`] : []),
    ...(single ? [`Classes of one picture have no test picture: ${single}.`] : []),
  ]
}

/** @throws OptionError if no class has a picture to spare. */
function checkHeldOut(test: ImageFiles, folder: string): void {
  if (test.files.length > 0) return
  throw new OptionError({
    what: `No picture of '${folder}' can be held out for tests.`,
    expected: 'a class of two pictures at least',
    received: 'one in each class',
    fix: 'Add pictures, or a folder of test pictures.',
  })
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
    /** Has `train` and `test` (or `training`, `testing`, `val`, `valid`, `validation`) below it, or the classes themselves. */
    folder: z.string().min(1).optional(),
    train: z.string().min(1).optional(),
    test: z.string().min(1).optional(),
    /** Where there is no test folder, one in so many images of a class is one, and at least one where there are two. */
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
    const { describeSkipped, imageFolder, splitImages } = await import('@onebit/data')
    const { fromImageFiles } = await import('./image-files.ts')
    const folders = await foldersOf(options)
    const all = await imageFolder(folders.train)
    const [train, test] = folders.test ? [all, await imageFolder(folders.test)] : splitImages(all, options.holdOut)
    if (folders.test) checkClasses(train, test, folders.test)
    else checkHeldOut(test, folders.train)
    const left = [...folders.ignored, ...all.ignored, ...(folders.test ? test.ignored : [])]
    const heldOut = folders.test ? [] : await describeHeldOut(all, test, options.holdOut)
    const notes = [...describeSkipped(left), ...heldOut]
    const name = basename(resolve(options.folder ?? folders.train))
    return fromImageFiles({ name, channels: options.channels, train, test, notes }, options, context)
  },
}
