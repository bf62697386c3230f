/** Joints in the orders of MPII and COCO: the facts of data sets of people, and the point of a body for each joint. */
import type { PointName } from './skeleton.ts'

/** The joints of an order, and their metric. A type, because TypeScript does not accept an interface as JSON. */
export type PeopleFacts = {
  readonly joints: readonly string[]
  readonly pairs: readonly (readonly [right: number, left: number])[]
  readonly bones: readonly (readonly [from: number, to: number])[]
  readonly metric: 'PCKh' | 'OKS'
  readonly excluded?: readonly number[]
}

export type JointOrder = 'mpii' | 'coco'

/** Andriluka et al.: 2D Human Pose Estimation (CVPR 2014). The mean of PCKh leaves out pelvis and thorax. */
const MPII: PeopleFacts = {
  joints: [
    ...['right ankle', 'right knee', 'right hip', 'left hip', 'left knee', 'left ankle', 'pelvis', 'thorax', 'upper neck'],
    ...['head top', 'right wrist', 'right elbow', 'right shoulder', 'left shoulder', 'left elbow', 'left wrist'],
  ],
  pairs: [
    [0, 5],
    [1, 4],
    [2, 3],
    [10, 15],
    [11, 14],
    [12, 13],
  ],
  bones: [
    [0, 1],
    [1, 2],
    [2, 6],
    [6, 3],
    [3, 4],
    [4, 5],
    [6, 7],
    [7, 8],
    [8, 9],
    [10, 11],
    [11, 12],
    [12, 7],
    [7, 13],
    [13, 14],
    [14, 15],
  ],
  metric: 'PCKh',
  excluded: [6, 7],
}

/** Lin et al.: Microsoft COCO, arXiv 1405.0312; https://cocodataset.org/#keypoints-2020 */
const COCO: PeopleFacts = {
  joints: [
    ...['nose', 'left eye', 'right eye', 'left ear', 'right ear', 'left shoulder', 'right shoulder', 'left elbow'],
    ...['right elbow', 'left wrist', 'right wrist', 'left hip', 'right hip', 'left knee', 'right knee', 'left ankle'],
    'right ankle',
  ],
  pairs: [
    [2, 1],
    [4, 3],
    [6, 5],
    [8, 7],
    [10, 9],
    [12, 11],
    [14, 13],
    [16, 15],
  ],
  bones: [
    [15, 13],
    [13, 11],
    [16, 14],
    [14, 12],
    [11, 12],
    [5, 11],
    [6, 12],
    [5, 6],
    [5, 7],
    [6, 8],
    [7, 9],
    [8, 10],
    [1, 2],
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 4],
    [3, 5],
    [4, 6],
  ],
  metric: 'OKS',
}

export const PEOPLE_FACTS: Readonly<Record<JointOrder, PeopleFacts>> = { mpii: MPII, coco: COCO }

/** Names of joints that do not become those of points by joining their words. */
const OTHERS: Readonly<Record<string, PointName>> = { 'upper neck': 'neck' }

/** `left elbow` is `leftElbow`. */
const pointOf = (joint: string): PointName =>
  OTHERS[joint] ?? (joint.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase()) as PointName)

/** The points of a body for the joints of an order, in its order. */
export const jointPoints = (order: JointOrder): readonly PointName[] => PEOPLE_FACTS[order].joints.map(pointOf)
