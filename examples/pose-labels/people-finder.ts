/**
 * Finds people with a CenterNet of COCO's 80 classes. Its input is a picture of 512 x 512 with values from 0 to 255. Each row of its
 * output `[1, 100, 6]` is left, top, right and bottom in the pixels of the input, then a score and a class. Class 0 is a person.
 *
 * Zhou, Wang, Krähenbühl: Objects as Points, arXiv 1904.07850; weights of https://github.com/610265158/mobilenetv3_centernet
 */
import { type Picture, resize } from '@onebit/image'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { type Box, overlap } from './boxes.ts'

export interface FoundPerson {
  readonly box: Box
  /** The detector's score, 0 to 1. */
  readonly score: number
}

const PERSON = 0
const DETECTIONS = 'tower_0/detections'

/** Of two boxes that overlap more, the one with the smaller score is the same person again. */
const SAME_PERSON = 0.8

/** The people of a picture with at least this score, the surest first. Boxes are in the picture's pixels, and end at its border. */
export async function findPeople(detector: GraphModel, picture: Picture, leastScore: number): Promise<FoundPerson[]> {
  const [, height, width] = detector.inputs[0].shape!
  const pixels = resize(picture, { size: [height, width], mode: 'stretch' })
  const detections = tf.tidy(() => {
    const input = tf.tensor(Float32Array.from(pixels.data), [1, height, width, 3])
    return detector.execute(input, DETECTIONS) as tf.Tensor3D
  })
  const [rows] = await detections.array()
  detections.dispose()
  const [wide, high] = [picture.width / width, picture.height / height]
  const within = (value: number, end: number): number => Math.min(Math.max(value, 0), end)
  const people = rows
    .filter(([, , , , score, kind]) => score >= leastScore && Math.round(kind) === PERSON)
    .map(([left, top, right, bottom, score]): FoundPerson => {
      const [x, y] = [within(left * wide, picture.width), within(top * high, picture.height)]
      const [end, floor] = [within(right * wide, picture.width), within(bottom * high, picture.height)]
      return { box: [x, y, end - x, floor - y], score }
    })
    .filter(({ box: [, , boxWidth, boxHeight] }) => boxWidth > 0 && boxHeight > 0)
    .sort((first, second) => second.score - first.score)
  const kept: FoundPerson[] = []
  for (const person of people) if (kept.every(({ box }) => overlap(box, person.box) < SAME_PERSON)) kept.push(person)
  return kept
}
