/**
 * The parts of a folder of images by the usual names: `train` and `test`, `Training` and `Testing`, `train` and `valid`,
 * `training_set` and `test_set`, `seg_train` and `seg_test`; and the folders that archives are unpacked into.
 */
import { checkArgument } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { builtin } from '../node-builtins.ts'
import { isImage } from './image-endings.ts'
import { type Entry, imagesBelow, list } from './list-images.ts'
import { ignoredFile, type SkippedFile } from './skipped-file.ts'

const TRAIN = ['train', 'training']
/** Words for the test part. The first one that exists is used. */
const TEST = ['test', 'testing', 'val', 'valid', 'validation', 'eval', 'evaluation', 'dev']
/** A word for a part in a folder's name, alone or beside others: `test`, `test_set`, `testset`, `images-test`. */
const PART_WORD = new RegExp(`(?<![a-z])(${[...TRAIN, ...TEST].join('|')})(?=set|data|images|[^a-z]|$)`)

/** Paths of the parts of a data set. Each contains one folder per class. */
export interface ImageParts {
  train: string
  /** Absent if there is none. Then some of the training images must be held out. */
  test?: string
  /** Unused files and folders beside the parts. */
  ignored: SkippedFile[]
}

/** True if a folder contains folders, like a part. A class contains images. */
async function hasFolders(path: string): Promise<boolean> {
  return (await list(path)).some(({ kind }) => kind === 'folder')
}

interface NamedPart {
  readonly name: string
  /** One of `TRAIN` or `TEST`. */
  readonly word: string
  /** The name without the word. Parts of one data set share it, such as `_set`; `train station` and `test tube` differ. */
  readonly rest: string
}

function partOf(name: string): NamedPart | undefined {
  const lower = name.toLowerCase()
  const [, word] = PART_WORD.exec(lower) ?? []
  return word === undefined ? undefined : { name, word, rest: lower.replace(PART_WORD, '') }
}

/**
 * The names of the parts among the entries of a folder, in upper or lower case. Names for tests are in the order of preference.
 * Undefined if the entries are classes, even if one of them is named `train`.
 */
export async function partsIn(
  directory: string,
  entries: readonly Entry[],
): Promise<{ train: string; tests: string[] } | undefined> {
  const { join } = builtin('node:path')!
  const named = entries.flatMap(({ kind, name }) => (kind === 'folder' ? (partOf(name) ?? []) : []))
  const partsOf = (words: readonly string[]): NamedPart[] =>
    words.flatMap((word) => named.filter((part) => part.word === word).toSorted((a, b) => a.rest.length - b.rest.length))
  for (const train of partsOf(TRAIN)) {
    const tests = partsOf(TEST).filter(({ rest }) => rest === train.rest)
    // A longer name alone may be the name of a class.
    if ((train.rest !== '' && tests.length === 0) || !(await hasFolders(join(directory, train.name)))) continue
    return { train: train.name, tests: tests.map(({ name }) => name) }
  }
  return undefined
}

/** Links may lead to folders above them. */
const MOST_DEPTH = 8

/** The one folder of a folder that holds no pictures beside it, if its own folders are parts or classes. */
async function onlyFolder(directory: string, entries: readonly Entry[]): Promise<string | undefined> {
  const [first, ...others] = entries.filter(({ kind }) => kind === 'folder')
  if (first === undefined || others.length > 0 || entries.some(({ kind, name }) => kind === 'file' && isImage(name)))
    return undefined
  const { join } = builtin('node:path')!
  return (await hasFolders(join(directory, first.name))) ? first.name : undefined
}

/** The folder that parts or classes are in, its entries, and what is unused on the way to it. */
interface Inner {
  readonly folder: string
  readonly entries: readonly Entry[]
  readonly ignored: readonly SkippedFile[]
}

/**
 * Goes into folders that hold one folder and nothing else: archives are unpacked into folders of their names, `train/train` and
 * `seg_train/seg_train`.
 */
export async function innerFolder(
  directory: string,
  isInner = async (_folder: string, _entries: readonly Entry[]): Promise<boolean> => false,
): Promise<Inner> {
  const { join } = builtin('node:path')!
  const ignored: SkippedFile[] = []
  let folder = directory
  for (let depth = 0; ; depth++) {
    const entries = await list(folder)
    const inner = depth === MOST_DEPTH || (await isInner(folder, entries)) ? undefined : await onlyFolder(folder, entries)
    if (inner === undefined) return { folder, entries, ignored }
    const others = entries.filter(({ name }) => name !== inner)
    ignored.push(
      ...others.map(({ name }) => ignoredFile(join(folder, name), `It is beside '${inner}', which holds the pictures.`)),
    )
    folder = join(folder, inner)
  }
}

const counted = (pictures: number): string => `${pictures} ${pictures === 1 ? 'picture' : 'pictures'}`

/** What is beside the parts; of a folder, how many pictures are left out with it. */
async function leftOut(path: string, kind: Entry['kind']): Promise<SkippedFile> {
  const pictures = kind === 'folder' ? (await imagesBelow(path)).images.length : 0
  return ignoredFile(path, pictures > 0 ? `It is beside the parts, with ${counted(pictures)}.` : 'It is beside the parts.')
}

/**
 * The parts of a folder by their usual names: `train` or `training`, and the first existing one of `test`, `testing`, `val`,
 * `valid`, `validation`, `eval`, `evaluation` and `dev`, in upper or lower case. Both names may have the same addition:
 * `training_set` and `test_set`. The parts, and the classes of each, may be in further folders: `images/train`,
 * `seg_train/seg_train`. A part for tests whose pictures have no classes is not used. Undefined for a folder that contains classes
 * instead. Node only. Throws `FileError`.
 */
export async function imageParts(directory: string): Promise<ImageParts | undefined> {
  checkArgument('imageParts()', 'directory', directory, argument.path)
  const { join } = builtin('node:path')!
  const { folder, entries, ignored } = await innerFolder(directory, async (at, found) => (await partsIn(at, found)) !== undefined)
  const parts = await partsIn(folder, entries)
  if (!parts) return undefined
  const withClasses = await Promise.all(parts.tests.map((name) => hasFolders(join(folder, name))))
  const test = parts.tests.find((_, index) => withClasses[index])
  const beside = entries
    .filter(({ name }) => name !== parts.train && name !== test)
    .map(async ({ kind, name }) => {
      const path = join(folder, name)
      const part = parts.tests.indexOf(name)
      if (part < 0) return leftOut(path, kind)
      if (withClasses[part]) return ignoredFile(path, `'${test}' is the part for tests.`)
      const { images } = await imagesBelow(path)
      return ignoredFile(path, `It has ${counted(images.length)} without classes, which measure nothing.`)
    })
  const train = await innerFolder(join(folder, parts.train))
  const tests = test === undefined ? undefined : await innerFolder(join(folder, test))
  return {
    train: train.folder,
    ...(tests && { test: tests.folder }),
    ignored: [...ignored, ...(await Promise.all(beside)), ...train.ignored, ...(tests?.ignored ?? [])],
  }
}
