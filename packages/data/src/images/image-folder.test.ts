import type { Dirent } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { FileError, OptionError } from '@onebit/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DataError } from '../data-error.ts'
import { imageFolder, type LabeledFiles } from './image-folder.ts'
import { imageNet } from './image-net.ts'
import { imageParts } from './image-parts.ts'
import { describeSkipped } from './skipped-file.ts'
import { countByClass, splitImages } from './split-images.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-folder-'))
  vi.stubEnv('ONEBIT_DATA_DIR', '')
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** Files with their text. */
async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}
const empty = (...paths: string[]): Promise<void> => write(Object.fromEntries(paths.map((path) => [path, ''])))
const relative = (paths: string[]): string[] => paths.map((path) => path.slice(folder.length + 1))

async function failure(promise: Promise<unknown>, reason: string): Promise<string> {
  const error = await promise.then(
    () => expect.fail('should not be read'),
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(DataError)
  expect(error).toMatchObject({ reason })
  return error.message
}

describe('imageFolder', () => {
  test('classes have the same numbers on every machine: the order of their UTF-16 units, no language', async () => {
    const names = ['10', '9', 'Boot', '_other', 'apple', 'ärmel', '鞋']
    await empty(...names.toReversed().map((name) => `${name}/x.png`))
    expect((await imageFolder(folder)).facts.classes).toEqual(names)
  })

  test('one folder a class, in alphabetical order; what is no image is reported', async () => {
    await empty(
      'dog/b.JPG',
      'dog/a.jpeg',
      'dog/more/c.png',
      'cat/x.webp',
      'cat/notes.txt',
      'cat/.hidden',
      'readme.md',
      '.git/config',
    )
    const images = await imageFolder(folder)
    expect(images.facts.classes).toEqual(['cat', 'dog'])
    expect(relative(images.files)).toEqual(['cat/x.webp', 'dog/a.jpeg', 'dog/b.JPG', 'dog/more/c.png'])
    expect([...images.annotations]).toEqual([0, 1, 1, 1])
    expect(relative(images.ignored.map(({ file }) => file))).toEqual(['readme.md', 'cat/notes.txt'])
    for (const { file, reason, message } of images.ignored) {
      expect(reason).toBe('unsupported')
      expect(message).toContain(file)
    }
  })

  test('a class without images, a folder without classes, no folder', async () => {
    await empty('dog/a.jpg', 'cat/notes.txt')
    expect(await failure(imageFolder(folder), 'empty')).toContain(join(folder, 'cat'))
    await failure(imageFolder(join(folder, 'dog')), 'empty')
    await expect(imageFolder(join(folder, 'nothing'))).rejects.toBeInstanceOf(FileError)
  })

  test('class folders and files that are links, to folders above too', async () => {
    await empty('elsewhere/a.jpg', 'images/dog/b.jpg', 'other.jpg')
    await symlink(join(folder, 'elsewhere'), join(folder, 'images/cat'))
    await symlink(join(folder, 'other.jpg'), join(folder, 'images/dog/c.jpg'))
    await symlink(join(folder, 'images'), join(folder, 'images/dog/d'))
    await symlink(join(folder, 'nothing'), join(folder, 'images/dog/e.jpg'))
    const images = await imageFolder(join(folder, 'images'))
    expect(images.facts.classes).toEqual(['cat', 'dog'])
    expect(relative(images.files)).toEqual(['images/cat/a.jpg', 'images/dog/b.jpg', 'images/dog/c.jpg', 'images/dog/d/cat/a.jpg'])
    expect(describeSkipped(images.ignored)).toEqual([
      `'${join(folder, 'images/dog/d/dog')}' is not used. The link leads to a folder that contains it.`,
      `'${join(folder, 'images/dog/e.jpg')}' is not used. It is not a file, or a broken link.`,
    ])
  })

  test('JPEGs by all their names; pictures of other kinds are counted, and it is said what to do', async () => {
    await empty('a/1.jfif', 'a/2.JPE', 'a/3.jpg', 'a/4.heic', 'a/5.HEIC', 'a/6.bmp', 'a/notes.txt')
    const images = await imageFolder(folder)
    expect(relative(images.files)).toEqual(['a/1.jfif', 'a/2.JPE', 'a/3.jpg'])
    expect(describeSkipped(images.ignored)).toEqual([
      `2 files are not used, '${join(folder, 'a/4.heic')}' among them. HEIC pictures (.heic) are not supported: convert them to JPEG or PNG.`,
      `'${join(folder, 'a/6.bmp')}' is not used. BMP pictures (.bmp) are not supported: convert them to JPEG or PNG.`,
      `'${join(folder, 'a/notes.txt')}' is not used. Its name does not end like that of an image.`,
    ])
    await empty('b/1.heic', 'b/2.heic')
    expect(await failure(imageFolder(folder), 'empty')).toMatch(/'.*b' has no images.*2 files are not used.*convert them/)
  })

  test('hundreds of thousands of images in a class', async () => {
    await empty('a/1.jpg')
    const files = process.getBuiltinModule('node:fs/promises')
    const readdir = (async (path: string, options: never) => {
      const found = (await files.readdir(path, options)) as unknown as Dirent[]
      if (basename(path) !== 'a') return found
      return Array.from({ length: 200_000 }, (_, index) =>
        Object.assign(Object.create(found[0]) as Dirent, { name: `${index}.jpg` }),
      )
    }) as never
    const real = process.getBuiltinModule.bind(process)
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
      name === 'node:fs/promises' ? { ...files, readdir } : real(name)) as never)
    const images = await imageFolder(folder)
    expect(images.files).toHaveLength(200_000)
    expect(splitImages(images, 10)[1].files).toHaveLength(20_000)
  })
})

describe('parts', () => {
  test.each<[string[], string | undefined, string | undefined, string[]]>([
    [['train', 'test'], 'train', 'test', []],
    [['Training', 'Testing'], 'Training', 'Testing', []],
    [['TRAIN', 'Test'], 'TRAIN', 'Test', []],
    [['train', 'valid'], 'train', 'valid', []],
    [['train', 'Validation'], 'train', 'Validation', []],
    [['train', 'val', 'test'], 'train', 'test', ['val']],
    [['train', 'extra'], 'train', undefined, ['extra']],
    [['test', 'valid'], undefined, undefined, []],
    [['train', 'dev'], 'train', 'dev', []],
    [['train', 'Eval', 'valid'], 'train', 'valid', ['Eval']],
    [['training_set', 'test_set'], 'training_set', 'test_set', []],
    [['Train Set', 'Test Set'], 'Train Set', 'Test Set', []],
    [['trainset', 'testset'], 'trainset', 'testset', []],
    [['seg_train', 'seg_test', 'seg_pred'], 'seg_train', 'seg_test', ['seg_pred']],
    [['images-train', 'images-val'], 'images-train', 'images-val', []],
    [['train', 'train_set', 'test_set'], 'train', undefined, ['test_set', 'train_set']],
  ])('%j', async (parts, train, test, ignored) => {
    await empty(...parts.flatMap((part) => [`${part}/cats/1.jpg`, `${part}/dogs/1.jpg`]))
    const found = await imageParts(folder)
    expect([found?.train, found?.test].map((path) => path && basename(path))).toEqual([train, test])
    expect(relative(found?.ignored.map(({ file }) => file) ?? [])).toEqual(ignored)
    if (train) {
      expect((await imageFolder(found!.train)).facts.classes).toEqual(['cats', 'dogs'])
      expect(await failure(imageFolder(folder), 'unknown-class')).toMatch(/has parts, not classes.*imageParts/)
    }
  })

  test.each<[layout: string, files: string[], train: string, test: string | undefined, ignored: RegExp[]]>([
    [
      'Kaggle, each archive in a folder of its name, and pictures to predict',
      [
        'seg_train/seg_train/sea/1.jpg',
        'seg_train/seg_train/ice/1.jpg',
        'seg_test/seg_test/sea/1.jpg',
        'seg_test/seg_test/ice/1.jpg',
      ].concat(['seg_pred/seg_pred/1.jpg', 'seg_pred/seg_pred/2.jpg', 'seg_pred/seg_pred/readme.txt']),
      'seg_train/seg_train',
      'seg_test/seg_test',
      [/seg_pred' is not used\. It is beside the parts, with 2 pictures\./],
    ],
    [
      'an archive',
      ['archive/train/train/a/1.jpg', 'archive/train/train/b/1.jpg', 'archive/test/test/a/1.jpg', 'archive/test/test/b/1.jpg'],
      'archive/train/train',
      'archive/test/test',
      [],
    ],
    [
      'a folder of images',
      ['images/train/a/1.jpg', 'images/train/b/1.jpg', 'images/val/a/1.jpg', 'images/val/b/1.jpg', 'data.yaml'],
      'images/train',
      'images/val',
      [/data\.yaml' is not used\. It is beside 'images', which holds the pictures\./],
    ],
    [
      'one part nested, the other not',
      ['train/inner/a/1.jpg', 'train/inner/b/1.jpg', 'test/a/1.jpg', 'test/b/1.jpg'],
      'train/inner',
      'test',
      [],
    ],
    [
      'a part for tests without classes',
      ['train/cats/1.jpg', 'train/dogs/1.jpg', 'test/1.jpg', 'test/2.jpg', 'test/3.jpg'],
      'train',
      undefined,
      [/test' is not used\. It has 3 pictures without classes, which measure nothing\./],
    ],
    [
      'a part for tests without classes, and one with',
      ['train/cats/1.jpg', 'train/dogs/1.jpg', 'test/1.jpg', 'valid/cats/1.jpg', 'valid/dogs/1.jpg'],
      'train',
      'valid',
      [/test' is not used\. It has 1 picture without/],
    ],
    [
      'the notes of macOS',
      ['pets/train/a/1.jpg', 'pets/train/b/1.jpg', 'pets/test/a/1.jpg', 'pets/test/b/1.jpg', '__MACOSX/pets/train/a/._1.jpg'],
      'pets/train',
      'pets/test',
      [],
    ],
  ])('of %s', async (_, files, train, test, ignored) => {
    await empty(...files)
    const found = await imageParts(folder)
    expect(relative([found!.train, ...(found!.test === undefined ? [] : [found!.test])])).toEqual([
      train,
      ...(test ? [test] : []),
    ])
    const messages = found!.ignored.map(({ message }) => message)
    expect(messages).toHaveLength(ignored.length)
    for (const [index, message] of messages.entries()) expect(message).toMatch(ignored[index])
  })

  test('of a folder that links to itself end', async () => {
    await mkdir(join(folder, 'loop'))
    await symlink(folder, join(folder, 'loop', 'again'))
    expect(await imageParts(folder)).toBeUndefined()
  })

  test('a class may be named train', async () => {
    await empty('train/1.jpg', 'plane/1.jpg')
    expect(await imageParts(folder)).toBeUndefined()
    expect((await imageFolder(folder)).facts.classes).toEqual(['plane', 'train'])
    await empty('train station/a/1.jpg', 'test tube/a/1.jpg', 'contest/1.jpg', 'devil/1.jpg', 'training wheels/1.jpg')
    expect(await imageParts(folder)).toBeUndefined()
    expect((await imageFolder(folder)).facts.classes).toHaveLength(7)
  })
})

describe('splitImages', () => {
  const imagesOf = (counts: readonly number[], root = '/data'): LabeledFiles => ({
    facts: { classes: counts.map((_, label) => `c${label}`) },
    files: counts.flatMap((count, label) => Array.from({ length: count }, (_, index) => `${root}/c${label}/${index}.jpg`)),
    annotations: Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label))),
    ignored: [],
    root,
  })

  test('takes a share of each class, and at least one of two', () => {
    const images = imagesOf([1, 2, 9, 10, 25, 1000])
    const [rest, part] = splitImages(images, 10)
    expect(countByClass(part)).toEqual([0, 1, 1, 1, 2, 100])
    expect(countByClass(rest)).toEqual([1, 1, 8, 9, 23, 900])
    expect([...rest.files, ...part.files].sort()).toEqual([...images.files].sort())
    expect(() => splitImages(images, 1)).toThrow(OptionError)
  })

  test('an image that is removed moves at most one other, wherever the folder lies', () => {
    const images = imagesOf([300])
    const heldOut = new Set(splitImages(images, 10)[1].files)
    for (const removed of [0, 17, 123, 299]) {
      const keep = (_: unknown, index: number): boolean => index !== removed
      const fewer = { ...images, files: images.files.filter(keep), annotations: images.annotations.filter(keep) }
      const now = new Set(splitImages(fewer, 10)[1].files)
      const moved = fewer.files.filter((file) => heldOut.has(file) !== now.has(file))
      expect(moved.length).toBeLessThanOrEqual(1)
    }
    const elsewhere = splitImages(imagesOf([300], 'C:\\Users\\me'), 10)[1].files.map((file) => file.slice(file.indexOf('c0')))
    expect(elsewhere).toEqual([...heldOut].map((file) => file.slice(file.indexOf('c0'))))
  })

  test('is spread over names that differ in a number', () => {
    const [, part] = splitImages(imagesOf([1000]), 10)
    const numbers = part.files.map((file) => Number(/(\d+)\.jpg/.exec(file)![1]))
    for (let decile = 0; decile < 10; decile++) {
      const count = numbers.filter((number) => Math.floor(number / 100) === decile).length
      expect(count).toBeGreaterThan(1)
      expect(count).toBeLessThan(25)
    }
  })
})

describe('imageNet', () => {
  const words = 'n01443537 goldfish, Carassius auratus\nn01440764 tench, Tinca tinca\n'
  const train = ['n01440764/n01440764_1.JPEG', 'n01440764/n01440764_2.JPEG', 'n01443537/n01443537_1.JPEG']

  test.each([
    ['LOC_synset_mapping.txt', 'ILSVRC/Data/CLS-LOC/train'],
    ['synset_words.txt', 'train'],
  ])('%s and %s: classes in the order of the mapping', async (mapping, below) => {
    await empty(...train.map((file) => `${below}/${file}`))
    await write({ [mapping]: words })
    const images = await imageNet({ directory: folder })
    expect(images.facts.classes).toEqual(['goldfish, Carassius auratus', 'tench, Tinca tinca'])
    expect(images.files.map((file) => file.slice(-16))).toEqual(['n01443537_1.JPEG', 'n01440764_1.JPEG', 'n01440764_2.JPEG'])
    expect([...images.annotations]).toEqual([0, 1, 1])
  })

  test('is found by ONEBIT_DATA_DIR', async () => {
    await empty(...train.map((file) => `imagenet/train/${file}`))
    await write({ 'imagenet/synset_words.txt': `\uFEFF${words.replaceAll('\n', '\r\n')}` })
    vi.stubEnv('ONEBIT_DATA_DIR', folder)
    expect((await imageNet()).files).toHaveLength(3)
  })

  test('validation images in one folder, with their synsets in the solution', async () => {
    await empty('val/ILSVRC2012_val_00000001.JPEG', 'val/ILSVRC2012_val_00000002.JPEG', 'val/notes.txt')
    const solution =
      'ImageId,PredictionString\nILSVRC2012_val_00000002,n01443537 1 2 3 4 \nILSVRC2012_val_00000001,n01440764 1 2 3 4 n01440764 5 6 7 8 \n'
    await write({ 'synset_words.txt': words, 'LOC_val_solution.csv': solution })
    const images = await imageNet({ directory: folder, split: 'val' })
    expect([...images.annotations]).toEqual([1, 0])
    expect(images.ignored).toHaveLength(1)
    await empty('val/ILSVRC2012_val_00000003.JPEG')
    expect(await failure(imageNet({ directory: folder, split: 'val' }), 'unknown-class')).toContain('00000003.JPEG')
    await rm(join(folder, 'LOC_val_solution.csv'))
    await failure(imageNet({ directory: folder, split: 'val' }), 'not-found')
  })

  test('that is nowhere says how to get it', async () => {
    expect(await failure(imageNet(), 'not-found')).toContain('https://image-net.org/download.php')
    expect(await failure(imageNet({ directory: folder }), 'not-found')).toContain(folder)
    await write({ 'synset_words.txt': words })
    expect(await failure(imageNet({ directory: folder }), 'not-found')).toContain('Expected train')
    await expect(imageNet({ split: 'test' as 'val' })).rejects.toBeInstanceOf(OptionError)
  })

  test('mislabeled: folders the mapping does not have, synsets without images, bad lines', async () => {
    await empty(...train.map((file) => `train/${file}`))
    await write({ 'synset_words.txt': words.split('\n')[0] })
    expect(await failure(imageNet({ directory: folder }), 'unknown-class')).toContain('n01440764')
    await write({ 'synset_words.txt': `${words}n01484850 great white shark\n` })
    await mkdir(join(folder, 'train', 'n01484850'))
    expect(await failure(imageNet({ directory: folder }), 'empty')).toContain('n01484850')
    await write({ 'synset_words.txt': `${words}shark\n` })
    expect(await failure(imageNet({ directory: folder }), 'magic')).toContain('Line 3')
    await write({ 'synset_words.txt': `${words}${words}` })
    expect(await failure(imageNet({ directory: folder }), 'magic')).toContain('repeats')
  })
})
