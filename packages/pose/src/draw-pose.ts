/** A picture with a skeleton: right limbs in one color, left limbs in another, and the middle of the body in a third. */
import { checkArguments, type PictureData, rules } from '@onebit/core'
import { type Color, drawCircle, drawingScale, drawLine, enlarged, type Picture, pictureRules } from '@onebit/image'
import { factsRule, type Pose, type PoseFacts, poseRule } from './pose-facts.ts'

const RIGHT: Color = [255, 140, 40]
const LEFT: Color = [60, 170, 255]
const MIDDLE: Color = [90, 230, 110]
const OUTLINE: Color = [16, 16, 16]

/** Joints with less confidence are not drawn, and neither are bones that end in one. */
export const LEAST_CONFIDENCE = 0.15

/** Width of lines, as a share of the picture's longer side. */
const LINE = 1 / 90

function colorOf(joint: number, { pairs }: PoseFacts): Color {
  if (pairs.some(([right]) => right === joint)) return RIGHT
  return pairs.some(([, left]) => left === joint) ? LEFT : MIDDLE
}

/** A bone has the color of a side if at least one of its ends is on that side. */
function colorOfBone([from, to]: readonly [number, number], facts: PoseFacts): Color {
  const color = colorOf(to, facts)
  return color === MIDDLE ? colorOf(from, facts) : color
}

/**
 * Draws on the given picture.
 * @param scale From the pose's pixels to the picture's, above 0.
 * @throws OptionError on a bad argument, such as a pose of another number of joints than the facts.
 */
export function drawSkeleton(picture: Picture, pose: Pose, facts: PoseFacts, scale = 1): void {
  checkArguments('drawSkeleton()', { facts: [facts, factsRule] })
  checkArguments('drawSkeleton()', {
    picture: [picture, pictureRules.picture],
    pose: [pose, poseRule(facts.joints.length)],
    scale: [scale, rules.number({ minimum: Number.MIN_VALUE })],
  })
  const { keypoints } = pose
  const width = Math.max(1.5, LINE * Math.max(picture.width, picture.height))
  const at = (joint: number): readonly [number, number] => [scale * keypoints[3 * joint], scale * keypoints[3 * joint + 1]]
  const isSeen = (joint: number): boolean => keypoints[3 * joint + 2] >= LEAST_CONFIDENCE
  const bones = facts.bones.filter(([from, to]) => isSeen(from) && isSeen(to))
  for (const [from, to] of bones) drawLine(picture, at(from), at(to), { color: OUTLINE, width: width + 2, opacity: 0.6 })
  for (const bone of bones) drawLine(picture, at(bone[0]), at(bone[1]), { color: colorOfBone(bone, facts), width })
  for (const joint of facts.joints.keys()) {
    if (!isSeen(joint)) continue
    drawCircle(picture, at(joint), { radius: width, filled: true, color: OUTLINE, opacity: 0.6 })
    drawCircle(picture, at(joint), { radius: 0.7 * width, filled: true, color: colorOf(joint, facts), width: 0.5 })
  }
}

export function drawPose(picture: PictureData, pose: Pose, facts: PoseFacts): PictureData {
  const scale = drawingScale(picture)
  const large = enlarged(picture, scale)
  drawSkeleton(large, pose, facts, scale)
  return large
}
