import type { Picture } from '@onebit/image'
import { drawSkeleton, type Pose, type PoseFacts } from '@onebit/pose/deployment'
import { type Box, squareAround } from './boxes.ts'

/** Pixels of a person on a sheet. */
export const PERSON_PIXELS = 192

/** The crop around a person's box with the joints of a pose in the picture's pixels. */
export function drawPerson(picture: Picture, box: Box, pose: Pose, facts: PoseFacts): Picture {
  const { picture: square, toCrop } = squareAround(picture, box, PERSON_PIXELS)
  const keypoints = facts.joints.flatMap((_, joint) => {
    const [x, y, confidence] = pose.keypoints.slice(3 * joint, 3 * joint + 3)
    return [...toCrop(x, y), confidence]
  })
  drawSkeleton(square, { ...pose, keypoints }, facts)
  return square
}
