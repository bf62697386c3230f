/** `image-folder`: photographs of your own, one folder for each class. */
import { OptionError } from '@onebit/core'
import { imageFolder, type LabeledFiles, splitImages } from '../images/image-folder.ts'
import { builtin } from '../node-builtins.ts'
import { defineDataset } from './dataset-plugin.ts'
import { fromImageFiles, imageRules, sizeRule } from './image-files.ts'

interface Places {
  readonly folder?: string
  readonly train?: string
  readonly test?: string
}

async function isFolder(path: string): Promise<boolean> {
  const { stat } = builtin('node:fs/promises')!
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** The folders of both parts; without a second one, some of the first are held out. */
async function foldersOf({ folder, train, test }: Places): Promise<{ train: string; test?: string }> {
  if (train !== undefined) return { train, test }
  if (folder === undefined) {
    throw new OptionError({
      what: `The data set 'image-folder' has no folder.`,
      expected: `'folder', or 'train' and 'test'`,
      fix: 'Name it in the recipe, or give --data-folder.',
    })
  }
  const { join } = builtin('node:path')!
  const inside = join(folder, 'train')
  if (!(await isFolder(inside))) return { train: folder }
  for (const name of ['test', 'val']) if (await isFolder(join(folder, name))) return { train: inside, test: join(folder, name) }
  return { train: inside }
}

function checkClasses(train: LabeledFiles, test: LabeledFiles, folder: string): void {
  const [expected, received] = [train.facts.classes, test.facts.classes]
  const stranger = received.find((name) => !expected.includes(name))
  const missing = expected.find((name) => !received.includes(name))
  if (stranger === undefined && missing === undefined) return
  throw new OptionError({
    what: `The test images in '${folder}' do not have the classes of the training images.`,
    expected: expected.join(', '),
    received: received.join(', '),
    fix: stranger === undefined ? `Add images of '${missing}'.` : `Remove or rename '${stranger}'.`,
  })
}

export const imageFolderDataset = defineDataset({
  name: 'image-folder',
  package: '@onebit/data',
  task: 'classify',
  ofTest: ['holdOut'],
  options: {
    folder: {
      type: 'text',
      optional: true,
      description: 'has `train` and `test` (or `val`) below it, or the folders of the classes',
    },
    train: { type: 'text', optional: true, description: 'the folder of the training images' },
    test: { type: 'text', optional: true, description: 'the folder of the test images' },
    holdOut: {
      default: 10,
      min: 2,
      integer: true,
      description: 'every so many-th image of a class is of the test, where there is no test folder',
    },
    size: sizeRule,
    channels: { default: 3, values: [1, 3], description: '1: gray, 3: color' },
    ...imageRules,
  },
  shape: async ({ size, channels, ...options }) => {
    const { facts } = await imageFolder((await foldersOf(options)).train)
    return { input: [size, size, channels], facts: { classes: [...facts.classes] } }
  },
  load: async (options, context) => {
    const folders = await foldersOf(options)
    const all = await imageFolder(folders.train)
    const [train, test] = folders.test ? [all, await imageFolder(folders.test)] : splitImages(all, options.holdOut)
    if (folders.test) checkClasses(train, test, folders.test)
    const { basename, resolve } = builtin('node:path')!
    const name = basename(resolve(options.folder ?? folders.train))
    const { channels } = options
    const facts = { classes: [...train.facts.classes] }
    return fromImageFiles({ name, task: 'classify', facts, channels, train, test }, options, context)
  },
})
