import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { FileError, OptionError } from '@onebit/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DataError } from '../data-error.ts'
import { imageFolder, splitImages } from './image-folder.ts'
import { imageNet } from './image-net.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-folder-'))
  vi.stubEnv('ONEBIT_DATA_DIR', '')
})
afterEach(async () => {
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

  test('splits each class', async () => {
    await empty(...['a', 'b'].flatMap((name) => [1, 2, 3, 4, 5].map((index) => `${name}/${index}.jpg`)))
    const [rest, part] = splitImages(await imageFolder(folder), 2)
    expect(relative(part.files)).toEqual(['a/2.jpg', 'a/4.jpg', 'b/2.jpg', 'b/4.jpg'])
    expect([...part.annotations]).toEqual([0, 0, 1, 1])
    expect(rest.files).toHaveLength(6)
    expect(() => splitImages(rest, 1)).toThrow(OptionError)
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
    await write({ 'imagenet/synset_words.txt': words.replaceAll('\n', '\r\n') })
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
