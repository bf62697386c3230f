/**
 * ImageNet's classification data (ILSVRC 2012), as published by the challenge and on Kaggle: a folder of JPEG files per synset
 * (`n01440764`), and a text file with lines such as `n01440764 tench, Tinca tinca`, in the order of the classes. The validation
 * images are in synset folders too, or all in one folder, with their synsets in `LOC_val_solution.csv`.
 */
import { checkOptions, decodeText, rules } from '@onebit/core'
import { DataError } from '../data-error.ts'
import { builtin } from '../node-builtins.ts'
import { absent, onDisk } from '../on-disk.ts'
import { isImage, whyNoImage } from './image-endings.ts'
import { imagesOfClasses, type LabeledFiles } from './image-folder.ts'
import { list } from './list-images.ts'
import { ignoredFile } from './skipped-file.ts'

export interface ImageNetOptions {
  /** The folder with the mapping file. Default: the folder in ONEBIT_DATA_DIR, or its folder `imagenet`. */
  directory?: string
  /** Default: `train`. */
  split?: 'train' | 'val'
}

const MAPPINGS = ['LOC_synset_mapping.txt', 'synset_words.txt']
const SOLUTION = 'LOC_val_solution.csv'

const INSTRUCTIONS =
  "ImageNet's license does not permit this package to download it: register at https://image-net.org/download.php, or get " +
  'https://www.kaggle.com/c/imagenet-object-localization-challenge; then set ONEBIT_DATA_DIR (or `directory`) to the folder with ' +
  `${MAPPINGS[0]} (or ${MAPPINGS[1]}) and the images in train/n01440764/*.JPEG and val/ (or below ILSVRC/Data/CLS-LOC/).`

/**
 * The image files of ImageNet, or of a part of it, with the classes in the mapping file. Only names are read. Node only.
 * Throws `OptionError`; `FileError`; `DataError` with reason `not-found` (with instructions), `empty` for a synset without
 * images, `unknown-class` for a folder or a label that the mapping lacks, or `magic` for a line that is not a mapping.
 */
export async function imageNet(given?: ImageNetOptions): Promise<LabeledFiles> {
  const options = checkOptions('imageNet()', given, { directory: rules.text, split: rules.oneOf(['train', 'val']) })
  const { split = 'train' } = options
  const { join } = builtin('node:path')!
  const mapping = await firstText(rootsOf(options.directory).flatMap((root) => MAPPINGS.map((file) => join(root, file))))
  if (!mapping) throw notFound(options.directory)
  const root = builtin('node:path')!.dirname(mapping.path)
  const synsets = readSynsets(mapping.text, mapping.path)
  const images = await firstFolder([join(root, split), join(root, 'ILSVRC', 'Data', 'CLS-LOC', split)])
  if (!images) throw notFound(root, split)
  const entries = await list(images)
  const folders = entries.filter(({ kind }) => kind === 'folder').map(({ name }) => name)
  if (folders.length === 0 && split === 'val') {
    const solution = await firstText([join(root, SOLUTION), join(images, SOLUTION)])
    if (!solution) throw notFound(root, SOLUTION)
    return flatImages(
      images,
      entries.map(({ name }) => name),
      synsets,
      solution,
    )
  }
  for (const folder of folders) requireSynset(synsets, folder, join(images, folder), mapping.path)
  return imagesOfClasses(
    images,
    Array.from(synsets, ([folder, name]) => ({ folder, name })),
  )
}

/** The words of each synset, in the order of the lines. Throws `DataError`. */
function readSynsets(text: string, file: string): Map<string, string> {
  const synsets = new Map<string, string>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const [, synset, words] = /^(n\d{8})\s+(\S.*)$/.exec(line.trim()) ?? []
    if (synset && !synsets.has(synset)) {
      synsets.set(synset, words)
      continue
    }
    throw new DataError({
      reason: 'magic',
      file,
      what: `Line ${index + 1} of '${file}' ${synset ? 'repeats a synset' : 'is not a synset with its words'}.`,
      expected: 'lines like "n01440764 tench, Tinca tinca"',
      received: `"${line.slice(0, 80)}"`,
    })
  }
  return synsets
}

function requireSynset(synsets: Map<string, string>, synset: string, file: string, mapping: string): void {
  if (synsets.has(synset)) return
  throw new DataError({
    reason: 'unknown-class',
    file,
    what: `'${file}' belongs to a synset that '${mapping}' does not list.`,
    expected: `one of ${synsets.size} synsets`,
    received: `'${synset}'`,
    fix: 'Check the spelling, or add its line to the mapping file.',
  })
}

/** Images in a single folder, with their synsets in a file: `ILSVRC2012_val_00000001,n01751748 111 108 ...`. */
function flatImages(
  directory: string,
  names: string[],
  synsets: Map<string, string>,
  solution: { path: string; text: string },
): LabeledFiles {
  const { join, parse } = builtin('node:path')!
  const lines = solution.text.split(/\r?\n/).map((line) => line.split(','))
  const synsetOf = new Map(lines.map(([image, boxes = '']) => [image, boxes.trim().split(' ')[0]]))
  const classes = [...synsets.keys()]
  const images = names.filter(isImage)
  const annotations = Int32Array.from(images, (image) => {
    const synset = synsetOf.get(parse(image).name)
    requireSynset(synsets, synset ?? 'none', join(directory, image), synset ? solution.path : SOLUTION)
    return classes.indexOf(synset!)
  })
  return {
    facts: { classes: [...synsets.values()] },
    files: images.map((image) => join(directory, image)),
    annotations,
    ignored: names.filter((name) => !isImage(name)).map((name) => ignoredFile(join(directory, name), whyNoImage(name))),
  }
}

function rootsOf(directory: string | undefined): string[] {
  const data = process.env.ONEBIT_DATA_DIR
  if (directory) return [directory]
  return data ? [builtin('node:path')!.join(data, 'imagenet'), data] : []
}

async function firstText(paths: string[]): Promise<{ path: string; text: string } | undefined> {
  for (const path of paths) {
    const bytes = await onDisk(path, 'read', () => builtin('node:fs/promises')!.readFile(path).catch(absent))
    if (bytes !== undefined) return { path, text: decodeText(bytes, path) }
  }
}

async function firstFolder(paths: string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await onDisk(path, 'read', () => builtin('node:fs/promises')!.stat(path).catch(absent))
    if (found?.isDirectory()) return path
  }
}

function notFound(directory: string | undefined, part = MAPPINGS.join(' or ')): DataError {
  return new DataError({
    reason: 'not-found',
    file: directory,
    what: directory ? `ImageNet is not in '${directory}'.` : 'ImageNet is not on this machine.',
    expected: part,
    fix: INSTRUCTIONS,
  })
}
