/**
 * COCO's keypoints from `person_keypoints_train2017.json` and `person_keypoints_val2017.json`, with the photographs beside them:
 *
 *   annotations/person_keypoints_val2017.json     val2017/000000000139.jpg, or images/val2017/000000000139.jpg
 *
 * Crowds and people without labeled joints are no examples of poses. They are left out without a note, as in published training.
 * Malformed entries are left out and reported.
 *
 * Lin et al.: Microsoft COCO, arXiv 1405.0312; https://cocodataset.org/#format-data
 */
import { checkArguments, rules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { DataError } from '../data-error.ts'
import { builtin } from '../node-builtins.ts'
import { PEOPLE_FACTS } from './joints.ts'
import { faultOf, firstFolder, firstJson, isBox, notFound, type PeopleFiles, PeopleList, rootsOf } from './people-files.ts'

const TITLE = 'COCO keypoints'
const LAYOUT =
  'Get 2017 Train/Val images and annotations from https://cocodataset.org/#download, and give the folder that has annotations, train2017 and val2017.'

interface Content {
  readonly images: readonly { readonly id: number; readonly file_name: string }[]
  readonly annotations: readonly {
    readonly id: number
    readonly image_id: number
    readonly iscrowd?: number
    readonly num_keypoints?: number
    readonly keypoints?: unknown
    readonly bbox?: unknown
    readonly area?: number
  }[]
}

const CONTENT = rules.object({
  images: rules.list(rules.object({ id: rules.number(), file_name: rules.text })),
  annotations: rules.list(rules.object({ id: rules.number(), image_id: rules.number() })),
})

function checkContent(content: unknown, path: string): Content {
  const fault = CONTENT(content)
  if (!fault) return content as Content
  throw new DataError({
    reason: 'annotation',
    file: path,
    what: `'${path}' is no file of COCO keypoints.`,
    expected: `images and annotations: ${fault.expected}`,
    received: fault.received,
  })
}

/**
 * The people of one part. Only the annotations are read. Node only.
 * @throws DataError with reason `not-found` (with instructions) or `annotation`; FileError.
 */
export async function readCocoKeypoints(directory: string | undefined, part: 'train' | 'val'): Promise<PeopleFiles> {
  const { join, dirname } = builtin('node:path')!
  checkArguments('readCocoKeypoints()', {
    directory: [directory, rules.optional(argument.path)],
    part: [part, rules.oneOf(['train', 'val'])],
  })
  const name = `person_keypoints_${part}2017.json`
  const roots = rootsOf(directory, 'coco')
  const found = await firstJson(roots.flatMap((root) => [join(root, 'annotations', name), join(root, name)]))
  if (!found) throw notFound(TITLE, directory, LAYOUT)
  const { images, annotations } = checkContent(found.content, found.path)
  const above = [dirname(found.path), dirname(dirname(found.path))]
  const folders = above.flatMap((root) => [join(root, `${part}2017`), join(root, 'images', `${part}2017`)])
  const folder = await firstFolder(folders)
  if (folder === undefined) throw notFound(TITLE, directory, LAYOUT)
  const fileOf = new Map(images.map(({ id, file_name }) => [id, file_name]))
  const { length: joints } = PEOPLE_FACTS.coco.joints
  const people = new PeopleList(found.path)
  for (const { id, image_id, iscrowd = 0, num_keypoints, keypoints, bbox, area } of annotations) {
    if (iscrowd !== 0 || num_keypoints === 0) continue
    const file = fileOf.get(image_id)
    const fault =
      faultOf(keypoints, joints) ??
      (isBox(bbox) ? undefined : 'Its box has no area.') ??
      (file === undefined ? 'It is of a picture that the file does not list.' : undefined)
    if (fault !== undefined) {
      people.leaveOut(`annotation ${id}`, fault)
      continue
    }
    const labeled = (keypoints as number[]).some((value, index) => index % 3 === 2 && value > 0)
    if (!labeled) continue
    people.add(join(folder, file!), {
      keypoints: keypoints as number[],
      box: bbox as unknown as readonly [number, number, number, number],
      ...(area !== undefined && area > 0 && { area }),
      picture: image_id,
    })
  }
  return { files: people.files, annotations: people.annotations, ignored: people.ignored, root: folder }
}
