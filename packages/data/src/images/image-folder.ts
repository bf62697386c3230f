import { checkArgument } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { DataError } from '../data-error.ts'
import { builtin } from '../node-builtins.ts'
import { IMAGE_ENDINGS } from './image-endings.ts'
import { partsIn } from './image-parts.ts'
import { imagesBelow, list } from './list-images.ts'
import { describeSkipped, ignoredFile, type SkippedFile } from './skipped-file.ts'

/** Annotated image files on disk. */
export interface ImageFiles<Annotation = unknown> {
  /** The path of each image. */
  files: string[]
  /** `[files.length]`, each in the pixels of its picture. */
  annotations: ArrayLike<Annotation>
  /** Files that were found but are not used. `describeSkipped` counts them by their reason. */
  ignored: SkippedFile[]
  /** The root folder of the images. Splits depend on the paths below it. Default: on the whole paths. */
  root?: string
}

/** Image files in classes. */
export interface LabeledFiles extends ImageFiles<number> {
  /** The name of each class. Annotations index it. */
  facts: { readonly classes: readonly string[] }
  annotations: Int32Array<ArrayBuffer>
}

/**
 * The images of a folder that contains one folder per class, in alphabetical order. Class folders may contain further folders and
 * may be links. Only names are read. Files with names of other kinds are in `ignored`; hidden ones (`.name`) are skipped. Node
 * only.
 * Throws `FileError`, and `DataError` with reason `empty` for a class without images or a folder without classes, and
 * `unknown-class` for a folder that contains parts, such as `train` and `test`, instead of classes: see `imageParts`.
 */
export async function imageFolder(directory: string): Promise<LabeledFiles> {
  checkArgument('imageFolder()', 'directory', directory, argument.path)
  const entries = await list(directory)
  const classes = entries.filter(({ kind }) => kind === 'folder').map(({ name }) => name)
  if (classes.length === 0) {
    throw new DataError({
      reason: 'empty',
      file: directory,
      what: `'${directory}' has no classes.`,
      expected: 'one folder per class, with its images',
      received: `${entries.length} files`,
    })
  }
  const parts = await partsIn(directory, entries)
  if (parts) {
    throw new DataError({
      reason: 'unknown-class',
      file: directory,
      what: `'${directory}' has parts, not classes.`,
      expected: 'one folder per class, with its images',
      received: [parts.train, ...parts.tests].join(', '),
      fix: 'Read each part separately; `imageParts` finds them.',
    })
  }
  const { join } = builtin('node:path')!
  const outside = entries.filter(({ kind }) => kind !== 'folder').map(({ name }) => join(directory, name))
  const found = await imagesOfClasses(
    directory,
    classes.map((folder) => ({ folder, name: folder })),
  )
  return {
    ...found,
    ignored: [...outside.map((file) => ignoredFile(file, 'It is outside the class folders.')), ...found.ignored],
  }
}

/**
 * The images in the folders of the given classes, in the order of the classes.
 * Throws `FileError`, and `DataError` with reason `empty` for a class without images.
 */
export async function imagesOfClasses(directory: string, classes: { folder: string; name: string }[]): Promise<LabeledFiles> {
  const { join } = builtin('node:path')!
  const files: string[] = []
  const labels: number[] = []
  const ignored: SkippedFile[] = []
  for (const [label, { folder }] of classes.entries()) {
    const found = await imagesBelow(join(directory, folder))
    if (found.images.length === 0) {
      throw new DataError({
        reason: 'empty',
        file: join(directory, folder),
        what: `The class folder '${join(directory, folder)}' has no images.`,
        expected: `files ending in ${IMAGE_ENDINGS.join(', ')}`,
        received: found.ignored.length === 0 ? 'no files' : describeSkipped(found.ignored).join(' '),
        fix: 'Add images or remove the folder.',
      })
    }
    // Use loops: a call takes a limited number of arguments, and a class may have hundreds of thousands of images.
    for (const image of found.images) {
      files.push(image)
      labels.push(label)
    }
    for (const file of found.ignored) ignored.push(file)
  }
  return {
    facts: { classes: classes.map(({ name }) => name) },
    files,
    annotations: Int32Array.from(labels),
    ignored,
    root: directory,
  }
}
