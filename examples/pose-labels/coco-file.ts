/** A file of COCO's keypoints, https://cocodataset.org/#format-data, with the teacher's scores beside them. */
import { PEOPLE_FACTS } from '@onebit/data'
import type { LabeledPerson } from './label-people.ts'

export interface LabeledFile {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly people: readonly LabeledPerson[]
}

/** Coordinates to a hundredth of a pixel, and scores to a thousandth: more digits would only make the file longer. */
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/** Joints count from 1 in COCO's skeleton. */
const SKELETON = PEOPLE_FACTS.coco.bones.map((bone) => bone.map((joint) => joint + 1))

/** The content of `person_keypoints_*.json`. There are no masks, so `area` is that of the box. */
export function cocoFile(files: readonly LabeledFile[], description: string) {
  const images = files.map(({ name, width, height }, index) => ({ id: index + 1, file_name: name, width, height }))
  const people = files.flatMap((file, index) => file.people.map((person) => ({ ...person, picture: index + 1 })))
  const annotations = people.map(({ picture, box, keypoints, scores }, index) => ({
    id: index + 1,
    image_id: picture,
    category_id: 1,
    iscrowd: 0,
    num_keypoints: keypoints.filter((value, at) => at % 3 === 2 && value > 0).length,
    keypoints: keypoints.map((value) => rounded(value, 2)),
    bbox: box.map((value) => rounded(value, 2)),
    area: rounded(box[2] * box[3], 2),
    scores: scores.map((score) => rounded(score, 3)),
  }))
  const keypoints = PEOPLE_FACTS.coco.joints.map((joint) => joint.replaceAll(' ', '_'))
  const categories = [{ id: 1, name: 'person', supercategory: 'person', keypoints, skeleton: SKELETON }]
  return { info: { description }, images, annotations, categories }
}
