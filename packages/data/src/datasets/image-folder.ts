/** `image-folder`: your own photographs, with one folder per class. */
import { OptionError } from '@onebit/core'
import { imageFolder, type LabeledFiles } from '../images/image-folder.ts'
import { type ImageParts, imageParts, innerFolder } from '../images/image-parts.ts'
import { describeSkipped } from '../images/skipped-file.ts'
import { countByClass, splitImages } from '../images/split-images.ts'
import { builtin } from '../node-builtins.ts'
import { defineDataset } from './dataset-plugin.ts'
import { fromImageFiles, imageRules, sizeRule } from './image-files.ts'

interface Places {
  readonly folder?: string
  readonly train?: string
  readonly test?: string
}

/** The folders of both parts. Without a second folder, some pictures of the first are held out. */
async function foldersOf({ folder, train, test }: Places): Promise<ImageParts> {
  if (train !== undefined) {
    const [trained, tested] = [await innerFolder(train), test === undefined ? undefined : await innerFolder(test)]
    return { train: trained.folder, test: tested?.folder, ignored: [...trained.ignored, ...(tested?.ignored ?? [])] }
  }
  if (folder === undefined) {
    throw new OptionError({
      what: `The data set 'image-folder' has no folder.`,
      expected: `'folder', or 'train' and 'test'`,
      fix: 'Set it in the recipe, or pass --data-folder.',
    })
  }
  const parts = await imageParts(folder)
  if (parts) return parts
  const classes = await innerFolder(folder)
  return { train: classes.folder, ignored: [...classes.ignored] }
}

/** Where the classes are, if that is not the place that was named. */
function describeInner(places: Places, { train, test }: ImageParts): string[] {
  const { dirname } = builtin('node:path')!
  const named = [places.folder, places.train, places.test]
  const isNamed = (path: string): boolean =>
    named.includes(path) || (places.folder !== undefined && dirname(path) === places.folder)
  const inner = [train, test].filter((path) => path !== undefined && !isNamed(path))
  return inner.length > 0 ? [`The classes are in ${inner.map((path) => `'${path}'`).join(' and ')}.`] : []
}

/** In classes with fewer pictures, one held-out picture is more than a tenth. */
const FEW = 10

/** Notes about held-out pictures. Users learn of the split, because they did not ask for it. */
function describeHeldOut(all: LabeledFiles, test: LabeledFiles, every: number): string[] {
  const counts = countByClass(all)
  const named = (wanted: (count: number) => boolean): string => {
    const names = all.facts.classes.filter((_, label) => wanted(counts[label]))
    return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
  }
  const [few, single] = [named((count) => count > 1 && count < Math.max(every, FEW)), named((count) => count === 1)]
  return [
    `There is no folder of test pictures: ${test.files.length} of ${all.files.length} are held out, one in ${every} of each class.`,
    ...(few ? [`Classes with few pictures give one each: ${few}. Their accuracy is not reliable.`] : []),
    ...(single ? [`Classes with one picture have no test picture: ${single}.`] : []),
  ]
}

/** @throws OptionError if no class has enough pictures. */
function checkHeldOut(test: LabeledFiles, folder: string): void {
  if (test.files.length > 0) return
  throw new OptionError({
    what: `No picture of '${folder}' can be held out for tests.`,
    expected: 'at least one class with two pictures',
    received: 'one in each class',
    fix: 'Add pictures, or a folder of test pictures.',
  })
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
      description:
        'folder with `train` and `test` (or `training`, `testing`, `val`, `valid`, `validation`), or with one folder per class',
    },
    train: { type: 'text', optional: true, description: 'folder of the training images' },
    test: { type: 'text', optional: true, description: 'folder of the test images' },
    holdOut: {
      default: 10,
      min: 2,
      integer: true,
      description: 'without a test folder, one in this many images per class is a test image, and at least one of two',
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
    else checkHeldOut(test, folders.train)
    const left = [...folders.ignored, ...all.ignored, ...(folders.test ? test.ignored : [])]
    const notes = [
      ...describeInner(options, folders),
      ...describeSkipped(left),
      ...(folders.test ? [] : describeHeldOut(all, test, options.holdOut)),
    ]
    const { basename, resolve } = builtin('node:path')!
    const name = basename(resolve(options.folder ?? folders.train))
    const { channels } = options
    const facts = { classes: [...train.facts.classes] }
    return fromImageFiles({ name, task: 'classify', facts, channels, train, test, notes }, options, context)
  },
})
