/** The parts of a folder of images, as people name them: `train` and `test`, `Training` and `Testing`, `train` and `valid`. */
import { checkArgument } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { builtin } from '../node-builtins.ts'
import { type Entry, list } from './list-images.ts'
import { ignoredFile, type SkippedFile } from './skipped-file.ts'

const TRAIN = ['train', 'training']
/** Names of the test part. The first one that exists is used. */
const TEST = ['test', 'testing', 'val', 'valid', 'validation']

/** Paths of the parts of a data set. Each contains one folder per class. */
export interface ImageParts {
  train: string
  /** Absent if there is none. Then some of the training images have to be held out. */
  test?: string
  /** Unused files and folders beside the parts. */
  ignored: SkippedFile[]
}

/** True if a folder contains folders, like a part. A class contains images. */
async function hasFolders(path: string): Promise<boolean> {
  return (await list(path)).some(({ kind }) => kind === 'folder')
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
  const folders = entries.filter(({ kind }) => kind === 'folder')
  const named = (names: readonly string[]): string[] =>
    names.flatMap((name) => folders.filter((folder) => folder.name.toLowerCase() === name).map((folder) => folder.name))
  const [train] = named(TRAIN)
  if (train === undefined || !(await hasFolders(join(directory, train)))) return undefined
  return { train, tests: named(TEST) }
}

/**
 * The parts of a folder by their usual names: `train` or `training`, and the first existing one of `test`, `testing`, `val`,
 * `valid` and `validation`, in upper or lower case. Undefined for a folder that contains classes instead. Node only. Throws
 * `FileError`.
 */
export async function imageParts(directory: string): Promise<ImageParts | undefined> {
  checkArgument('imageParts()', 'directory', directory, argument.path)
  const { join } = builtin('node:path')!
  const entries = await list(directory)
  const parts = await partsIn(directory, entries)
  if (!parts) return undefined
  const [test, ...spare] = parts.tests
  const used = [parts.train, test]
  const ignored = entries
    .filter(({ name }) => !used.includes(name))
    .map(({ name }) => {
      const why = spare.includes(name) ? `'${test}' is the part for tests.` : 'It is beside the parts.'
      return ignoredFile(join(directory, name), why)
    })
  return { train: join(directory, parts.train), ...(test !== undefined && { test: join(directory, test) }), ignored }
}
