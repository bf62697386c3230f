/** People in image files of any format, one entry per person. Malformed entries are left out and reported. */
import { decodeJson } from '@onebit/core'
import { DataError } from '../data-error.ts'
import type { ImageFiles } from '../images/image-folder.ts'
import type { SkippedFile } from '../images/skipped-file.ts'
import { builtin } from '../node-builtins.ts'
import { absent, onDisk } from '../on-disk.ts'

/** A person in a photograph. All values are in its pixels. */
export interface PhotographedPerson {
  /** `x, y, visibility` of every joint; 0: not labeled, 1: hidden, 2: visible. */
  readonly keypoints: readonly number[]
  /** Box around the person: their center, with the size of their scale. */
  readonly box: readonly [left: number, top: number, width: number, height: number]
  /** Size of the head, as MPII measures it. */
  readonly headSize?: number
  /** Area of the person's mask, in square pixels. */
  readonly area?: number
  /** The picture of the person. Metrics measure the people of one picture together. */
  readonly picture: string | number
}

/** One entry per person. A photograph of several people occurs several times. */
export type PeopleFiles = ImageFiles<PhotographedPerson>

/** Collects people, and the faults of malformed entries. */
export class PeopleList {
  readonly files: string[] = []
  readonly annotations: PhotographedPerson[] = []
  readonly ignored: SkippedFile[] = []
  readonly #source: string

  /** @param source The file of the annotations. */
  constructor(source: string) {
    this.#source = source
  }

  add(file: string, person: PhotographedPerson): void {
    this.files.push(file)
    this.annotations.push(person)
  }

  /** @param entry Name of the annotation in messages: its number or its position. @param why A full sentence. */
  leaveOut(entry: string, why: string): void {
    const file = `${this.#source}, ${entry}`
    this.ignored.push({ file, reason: 'annotation', message: `'${file}' is not used. ${why}`, why })
  }
}

/** The fault of joints as a full sentence, or undefined. */
export function faultOf(keypoints: unknown, joints: number): string | undefined {
  if (!Array.isArray(keypoints) || keypoints.length !== 3 * joints) {
    return `Its keypoints are no ${3 * joints} numbers: x, y and visibility of ${joints} joints.`
  }
  for (let index = 0; index < keypoints.length; index += 3) {
    const [x, y, visibility] = keypoints.slice(index, index + 3)
    if (!(Number.isFinite(x) && Number.isFinite(y))) return 'A joint has a coordinate that is no number.'
    if (![0, 1, 2].includes(visibility)) return 'A joint has a visibility that is not 0, 1 or 2.'
  }
  return undefined
}

/** True if the value is `[left, top, width, height]` with an area. */
export const isBox = (box: unknown): box is PhotographedPerson['box'] =>
  Array.isArray(box) && box.length === 4 && box.every(Number.isFinite) && box[2] > 0 && box[3] > 0

/** The first of these files that exists: its path and its JSON. @throws FileError, TextError */
export async function firstJson(paths: readonly string[]): Promise<{ path: string; content: unknown } | undefined> {
  for (const path of paths) {
    const bytes = await onDisk(path, 'read', () => builtin('node:fs/promises')!.readFile(path).catch(absent))
    if (bytes !== undefined) return { path, content: decodeJson(bytes, path) }
  }
}

/** The first of these folders that exists. */
export async function firstFolder(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await builtin('node:fs/promises')!
      .stat(path)
      .catch(() => undefined)
    if (found?.isDirectory()) return path
  }
}

/** Possible locations of a data set: the given folder, or folders below ONEBIT_DATA_DIR. */
export function rootsOf(directory: string | undefined, name: string): string[] {
  if (directory !== undefined) return [directory]
  const data = process.env.ONEBIT_DATA_DIR
  return data === undefined ? [] : [builtin('node:path')!.join(data, name), data]
}

/** @param layout The required files, and their source. */
export function notFound(title: string, directory: string | undefined, layout: string): DataError {
  return new DataError({
    reason: 'not-found',
    file: directory,
    what: `The annotations of ${title} were not found.`,
    received: directory === undefined ? 'no folder, and none in ONEBIT_DATA_DIR' : `'${directory}'`,
    fix: layout,
  })
}
