import { OptionError } from '@onebit/core'
import { DataError, type DataErrorReason } from '../data-error.ts'
import { builtin } from '../node-builtins.ts'
import { onDisk } from '../on-disk.ts'

/** Annotated image files on disk. */
export interface ImageFiles<Annotation = unknown> {
  /** The path of each image. */
  files: string[]
  /** `[files.length]`, each in the pixels of its picture. */
  annotations: ArrayLike<Annotation>
  /** Files that were found and are not used. */
  ignored: SkippedFile[]
}

/** Image files that belong to classes. */
export interface LabeledFiles extends ImageFiles<number> {
  /** The name of each class; annotations index it. */
  facts: { readonly classes: readonly string[] }
  annotations: Int32Array<ArrayBuffer>
}

/** A file that is not used, and why. */
export interface SkippedFile {
  file: string
  reason: DataErrorReason
  /** A full sentence. */
  message: string
}

/** Files with one of these endings are images; what they really hold shows when they are decoded. */
const ENDINGS = ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']

/**
 * The images of a folder that has one folder for each class, in alphabetical order; class folders may have folders of their own.
 * Only names are read. Files that are no images by their name are in `ignored`, hidden ones (`.name`) are passed over. Node only.
 * Throws `FileError`, and `DataError` with reason `empty` for a class without images or a folder without classes.
 */
export async function imageFolder(directory: string): Promise<LabeledFiles> {
  const entries = (await list(directory)).filter(({ name }) => !name.startsWith('.'))
  const classes = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  if (classes.length === 0) {
    throw new DataError({
      reason: 'empty',
      file: directory,
      what: `'${directory}' has no classes.`,
      expected: 'one folder for each class, with its images',
      received: `${entries.length} files`,
    })
  }
  const { join } = builtin('node:path')!
  const outside = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(directory, name))
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
    const paths = await filesBelow(join(directory, folder))
    const images = paths.filter(isImage)
    for (const path of paths) if (!isImage(path)) ignored.push(ignoredFile(path, 'Its name is not that of an image.'))
    if (images.length === 0) {
      throw new DataError({
        reason: 'empty',
        file: join(directory, folder),
        what: `The class folder '${join(directory, folder)}' has no images.`,
        expected: `files ending in ${ENDINGS.join(', ')}`,
        received: `${paths.length} other files`,
        fix: 'Add images or remove the folder.',
      })
    }
    for (const image of images) {
      files.push(image)
      labels.push(label)
    }
  }
  return { facts: { classes: classes.map(({ name }) => name) }, files, annotations: Int32Array.from(labels), ignored }
}

/** Two parts of the images, drawn for a seedless rule: of each class, every `every`-th image (from 2 on) goes to the second part. */
export function splitImages(images: LabeledFiles, every: number): [rest: LabeledFiles, part: LabeledFiles] {
  if (!Number.isInteger(every) || every < 2) {
    throw new OptionError({
      what: 'The images cannot be split.',
      expected: 'an integer of at least 2',
      received: `${every}`,
    })
  }
  const seen = new Int32Array(images.facts.classes.length)
  const inPart = images.files.map((_, index) => ++seen[images.annotations[index]] % every === 0)
  const take = (wanted: boolean): LabeledFiles => ({
    ...images,
    files: images.files.filter((_, index) => inPart[index] === wanted),
    annotations: images.annotations.filter((_, index) => inPart[index] === wanted),
  })
  return [take(false), take(true)]
}

/** Whether a file is an image, by its name. */
export function isImage(path: string): boolean {
  return ENDINGS.some((ending) => path.toLowerCase().endsWith(ending))
}

/** A file that is left aside when images are listed. */
export function ignoredFile(file: string, why: string): SkippedFile {
  return { file, reason: 'unsupported', message: `'${file}' is not used. ${why}` }
}

/** The entries of a folder by name, in the order of their UTF-16 units: the same on every machine. Throws `FileError`. */
export async function list(directory: string) {
  const entries = await onDisk(directory, 'read', () => builtin('node:fs/promises')!.readdir(directory, { withFileTypes: true }))
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function filesBelow(directory: string): Promise<string[]> {
  const files: string[] = []
  for (const entry of await list(directory)) {
    const path = builtin('node:path')!.join(directory, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) files.push(...(await filesBelow(path)))
    else files.push(path)
  }
  return files
}
