/** The parts of a folder of images, as people name them: `train` and `test`, `Training` and `Testing`, `train` and `valid`. */
import { checkArgument } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { builtin } from '../node-builtins.ts'
import { type Entry, list } from './list-images.ts'
import { ignoredFile, type SkippedFile } from './skipped-file.ts'

const TRAIN = ['train', 'training']
/** The first that is there is taken. */
const TEST = ['test', 'testing', 'val', 'valid', 'validation']

/** Paths of the parts of a data set; each has one folder for each class. */
export interface ImageParts {
  train: string
  /** Absent where there is none: some of the training images have to be held out. */
  test?: string
  /** What lies beside them and is not used. */
  ignored: SkippedFile[]
}

/** Whether a folder has folders, as a part has; a class has images. */
async function hasFolders(path: string): Promise<boolean> {
  return (await list(path)).some(({ kind }) => kind === 'folder')
}

/**
 * The names of parts among the entries of a folder, in any case of letters: those for tests in the order in which they are preferred.
 * Undefined where the entries are classes, of which one may be named `train`, too.
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
 * The parts of a folder, by the names that are usual: `train` or `training`, and the first there is of `test`, `testing`, `val`, `valid`
 * and `validation`, in any case of letters. Undefined for a folder that has classes in their place. Node only. Throws `FileError`.
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
      const why = spare.includes(name) ? `'${test}' is the part for tests.` : 'It lies beside the parts.'
      return ignoredFile(join(directory, name), why)
    })
  return { train: join(directory, parts.train), ...(test !== undefined && { test: join(directory, test) }), ignored }
}
