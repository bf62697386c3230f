/**
 * The parts of a folder of images by the usual names: `train` and `test`, `Training` and `Testing`, `train` and `valid`,
 * `training_set` and `test_set`, `seg_train` and `seg_test`.
 */
import { checkArgument } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { builtin } from '../node-builtins.ts'
import { type Entry, list } from './list-images.ts'
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

/**
 * The parts of a folder by their usual names: `train` or `training`, and the first existing one of `test`, `testing`, `val`,
 * `valid`, `validation`, `eval`, `evaluation` and `dev`, in upper or lower case. Both names may have the same addition:
 * `training_set` and `test_set`. Undefined for a folder that contains classes instead. Node only. Throws `FileError`.
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
