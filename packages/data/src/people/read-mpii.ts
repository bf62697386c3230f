/**
 * MPII Human Pose in the two usual JSON forms, with the photographs in `images`:
 *
 *   annot/train.json, annot/valid.json       form of Simple Baselines: image, center, scale, joints [16, 2] from 1, joints_vis
 *   mpii_annotations.json                    form of stacked hourglasses: img_paths, objpos, scale_provided, joint_self [16, 3], isValidation
 *
 * Joints with a coordinate of at most 1 are not labeled. The scale is the person's height in units of 200 pixels. The crop's middle
 * is 15 pixels per unit of scale lower than the annotated center, as in the released code of arXiv 1703.00862 and 1804.06208.
 * Neither form has boxes of heads: the size of a head is the distance from the upper neck to the top of the head, in place of 0.6
 * times the diagonal in MPII's evaluation. If one of the two joints is not labeled, it is a tenth of the person's height.
 *
 * Andriluka et al.: 2D Human Pose Estimation (CVPR 2014); http://human-pose.mpi-inf.mpg.de
 */
import { checkArguments, rules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { DataError } from '../data-error.ts'
import { builtin } from '../node-builtins.ts'
import { PEOPLE_FACTS } from './joints.ts'
import {
  faultOf,
  firstFolder,
  firstJson,
  notFound,
  type PeopleFiles,
  PeopleList,
  type PhotographedPerson,
  rootsOf,
} from './people-files.ts'

const TITLE = 'MPII Human Pose'
const LAYOUT =
  'Get the images from http://human-pose.mpi-inf.mpg.de and annot/train.json and annot/valid.json of Simple Baselines, or mpii_annotations.json of stacked hourglasses; give the folder that has images beside them.'

/** Pixels per unit of scale. */
const UNIT = 200
/** Shift of the crop's middle below the annotated center, in pixels per unit of scale. */
const LOWER = 15
/** Size of a head as a share of the person's height, if the head is not labeled. */
const HEAD = 0.1

const JOINTS = PEOPLE_FACTS.mpii.joints.length
const [NECK, TOP] = ['upper neck', 'head top'].map((name) => PEOPLE_FACTS.mpii.joints.indexOf(name))

/** One person in either form. */
interface Entry {
  readonly image: unknown
  readonly center: unknown
  readonly scale: unknown
  /** `x, y, visibility` of every joint; coordinates from 1. */
  readonly joints: unknown
}

type Raw = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)

function ofSimpleBaselines({ image, center, scale, joints, joints_vis: visibilities }: Raw): Entry {
  const isList = Array.isArray(joints) && Array.isArray(visibilities)
  const flat =
    isList && joints.map((joint, index) => [...(Array.isArray(joint) ? joint.slice(0, 2) : [joint]), visibilities[index]])
  return { image, center, scale, joints: flat || undefined }
}

function ofHourglass({ img_paths: image, objpos: center, scale_provided: scale, joint_self: joints }: Raw): Entry {
  return { image, center, scale, joints }
}

/** A joint is visible if its flag says so. A coordinate of at most 1 means no label. Results count from 0. */
function keypointsOf(joints: unknown): unknown {
  if (!Array.isArray(joints)) return undefined
  return joints.flatMap((joint) => {
    if (!Array.isArray(joint) || joint.length < 3) return [Number.NaN]
    const [x, y, visible] = joint as number[]
    if (x <= 1 || y <= 1) return [0, 0, 0]
    return [x - 1, y - 1, visible > 0 ? 2 : 1]
  })
}

function headSizeOf(keypoints: readonly number[], scale: number): number {
  const [x, y, seen] = keypoints.slice(3 * NECK, 3 * NECK + 3)
  const [topX, topY, topSeen] = keypoints.slice(3 * TOP, 3 * TOP + 3)
  const length = Math.hypot(topX - x, topY - y)
  return seen > 0 && topSeen > 0 && length > 0 ? length : HEAD * UNIT * scale
}

function personOf({ center, scale, joints, image }: Entry): PhotographedPerson | string {
  const keypoints = keypointsOf(joints)
  const fault = faultOf(keypoints, JOINTS)
  if (fault !== undefined) return fault
  if (!(typeof scale === 'number' && scale > 0)) return 'Its scale is not above 0.'
  if (!(Array.isArray(center) && center.length === 2 && center.every(Number.isFinite))) return 'Its center is no two numbers.'
  if (typeof image !== 'string' || image === '') return 'It names no image.'
  const side = UNIT * scale
  const [x, y] = [center[0] - 1, center[1] - 1 + LOWER * scale]
  return {
    keypoints: keypoints as number[],
    box: [x - side / 2, y - side / 2, side, side],
    headSize: headSizeOf(keypoints as number[], scale),
    picture: image,
  }
}

interface Found {
  readonly path: string
  readonly entries: readonly unknown[]
  readonly entryOf: (raw: Raw) => Entry
}

async function findAnnotations(directory: string | undefined, part: 'train' | 'valid'): Promise<Found | undefined> {
  const { join } = builtin('node:path')!
  const roots = rootsOf(directory, 'mpii')
  const one = await firstJson(roots.flatMap((root) => [join(root, 'annot', `${part}.json`), join(root, `${part}.json`)]))
  const all =
    one ??
    (await firstJson(
      roots.flatMap((root) => [join(root, 'mpii_annotations.json'), join(root, 'annot', 'mpii_annotations.json')]),
    ))
  if (!all) return undefined
  if (!Array.isArray(all.content)) {
    throw new DataError({
      reason: 'annotation',
      file: all.path,
      what: `'${all.path}' is no file of MPII's annotations.`,
      expected: 'a list with an entry for each person',
      received: typeof all.content,
    })
  }
  if (one) return { path: one.path, entries: all.content, entryOf: ofSimpleBaselines }
  const isOfPart = (raw: unknown): boolean => isRecord(raw) && raw.isValidation === Number(part === 'valid')
  const isMalformed = (raw: unknown): boolean => !isRecord(raw) || ![0, 1].includes(raw.isValidation as number)
  // Malformed entries belong to neither part. They are reported once, with the training part.
  const entries = all.content.filter((raw) => isOfPart(raw) || (part === 'train' && isMalformed(raw)))
  return { path: all.path, entries, entryOf: ofHourglass }
}

/**
 * The people of one part. Only the annotations are read. Node only.
 * @throws DataError with reason `not-found` (with instructions) or `annotation`; FileError.
 */
export async function readMpii(directory: string | undefined, part: 'train' | 'valid'): Promise<PeopleFiles> {
  const { join, dirname } = builtin('node:path')!
  checkArguments('readMpii()', {
    directory: [directory, rules.optional(argument.path)],
    part: [part, rules.oneOf(['train', 'valid'])],
  })
  const found = await findAnnotations(directory, part)
  if (!found) throw notFound(TITLE, directory, LAYOUT)
  const above = [dirname(found.path), dirname(dirname(found.path))]
  const folder = await firstFolder(above.map((root) => join(root, 'images')))
  if (folder === undefined) throw notFound(TITLE, directory, LAYOUT)
  const people = new PeopleList(found.path)
  for (const [index, raw] of found.entries.entries()) {
    const person = isRecord(raw) ? personOf(found.entryOf(raw)) : 'It is no record.'
    if (typeof person === 'string') people.leaveOut(`entry ${index}`, person)
    else if (person.keypoints.some((value, place) => place % 3 === 2 && value > 0))
      people.add(join(folder, `${person.picture}`), person)
  }
  return { files: people.files, annotations: people.annotations, ignored: people.ignored, root: folder }
}
