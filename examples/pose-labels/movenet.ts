/**
 * MoveNet of one person as a teacher. Its input is int32, one square picture with values from 0 to 255. Its output `[1, 1, 17, 3]` is
 * y, x and a score for each of COCO's joints, and y and x are shares of the input's side.
 *
 * https://www.tensorflow.org/hub/tutorials/movenet, by Google; Thunder has an input of 256 x 256, Lightning one of 192 x 192.
 */
import type { Picture } from '@onebit/image'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { type Box, squareAround } from './boxes.ts'

/** A joint in the pixels of the picture, and the teacher's score, 0 to 1. */
export interface TaughtJoint {
  readonly x: number
  readonly y: number
  readonly score: number
}

/** The 17 joints of the person in a box, in COCO's order. */
export async function teachJoints(movenet: GraphModel, picture: Picture, box: Box): Promise<TaughtJoint[]> {
  const size = movenet.inputs[0].shape![1]
  const square = squareAround(picture, box, size)
  const output = tf.tidy(() => {
    const input = tf.tensor(Int32Array.from(square.picture.data), [1, size, size, 3], 'int32')
    return movenet.execute(input) as tf.Tensor4D
  })
  const [[rows]] = await output.array()
  output.dispose()
  return rows.map(([down, right, score]) => {
    const [x, y] = square.toPicture(right * size, down * size)
    return { x, y, score }
  })
}
