/** Labels pictures one by one and writes them as a folder in COCO's form. */
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DataError } from '@onebit/data'
import { cocoFile, type LabeledFile } from './coco-file.ts'
import { type LabelRules, labelPeople, SKIP_REASONS, type SkipReason, type Teachers } from './label-people.ts'
import { readRgb } from './picture-files.ts'

/** The parts of the data set `coco-keypoints`. */
export type Part = 'train' | 'val'

export interface LabelReport {
  /** Pictures or frames that were looked at. */
  readonly pictures: number
  /** Messages of the files that could not be decoded. */
  readonly unreadable: readonly string[]
  /** Pictures without anybody. */
  readonly empty: number
  /** People that were found. Each is kept or skipped. */
  readonly found: number
  readonly kept: Readonly<Record<Part, number>>
  readonly skipped: Readonly<Record<SkipReason, number>>
  /** Numbers of the kept people's joints. */
  readonly joints: { readonly unlabeled: number; readonly hidden: number; readonly visible: number }
}

export interface SetOptions extends LabelRules {
  /** Share of the pictures for `val2017`, 0 to 1. They are the last, because neighboring frames show the same poses. */
  readonly validation: number
  /** Stands in the files as their description. */
  readonly description: string
  readonly onProgress?: (done: number, all: number) => void
}

const countVisibility = (files: readonly LabeledFile[], visibility: number): number =>
  files
    .flatMap(({ people }) => people.flatMap(({ keypoints }) => keypoints))
    .filter((value, at) => at % 3 === 2 && value === visibility).length

/**
 * Writes `annotations/person_keypoints_{train,val}2017.json`, and copies of the pictures with people to `train2017` and `val2017`.
 * The annotations are written last, so a folder without them is not complete.
 */
export async function labelSet(paths: readonly string[], out: string, teachers: Teachers, options: SetOptions) {
  const parts: Record<Part, LabeledFile[]> = { train: [], val: [] }
  const skipped = Object.fromEntries(Object.keys(SKIP_REASONS).map((reason) => [reason, 0])) as Record<SkipReason, number>
  const unreadable: string[] = []
  let [found, empty] = [0, 0]
  const firstOfValidation = paths.length - Math.round(paths.length * options.validation)
  for (const folder of ['annotations', 'train2017', 'val2017']) await mkdir(join(out, folder), { recursive: true })
  for (const [index, path] of paths.entries()) {
    options.onProgress?.(index, paths.length)
    const picture = await readRgb(path).catch((error: unknown) => {
      if (!(error instanceof DataError)) throw error
      unreadable.push(error.message)
    })
    if (!picture) continue
    const labeled = await labelPeople(picture, teachers, options)
    const { length } = labeled.people
    found += length + labeled.skipped.length
    empty += Number(length + labeled.skipped.length === 0)
    for (const reason of labeled.skipped) skipped[reason]++
    if (length === 0) continue
    const part = index < firstOfValidation ? 'train' : 'val'
    const name = basename(path)
    await copyFile(path, join(out, `${part}2017`, name))
    parts[part].push({ name, width: picture.width, height: picture.height, people: labeled.people })
  }
  for (const part of ['train', 'val'] as const) {
    const path = join(out, 'annotations', `person_keypoints_${part}2017.json`)
    await writeFile(`${path}.part`, JSON.stringify(cocoFile(parts[part], options.description)))
    await rename(`${path}.part`, path)
  }
  const all = [...parts.train, ...parts.val]
  const count = (files: readonly LabeledFile[]): number => files.reduce((sum, { people }) => sum + people.length, 0)
  const [unlabeled, hidden, visible] = [0, 1, 2].map((visibility) => countVisibility(all, visibility))
  const report: LabelReport = {
    pictures: paths.length,
    unreadable,
    empty,
    found,
    kept: { train: count(parts.train), val: count(parts.val) },
    skipped,
    joints: { unlabeled, hidden, visible },
  }
  return report
}
