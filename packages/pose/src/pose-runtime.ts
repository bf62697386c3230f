/** Poses of a loaded network: heat-maps in, joints, PCKh or AP, and a drawn skeleton out. No TensorFlow.js. */
import type { JsonValue, TaskRuntime } from '@onebit/core'
import { decodeHeatmaps, type Refinement } from './decode/decode-heatmaps.ts'
import { drawPose, LEAST_CONFIDENCE } from './draw-pose.ts'
import { measurePoses, metricsOf } from './metrics/pose-metrics.ts'
import type { Person, Pose, PoseFacts } from './pose-facts.ts'
import { completePoseFacts, readPoseFacts, writePoseFacts } from './pose-metadata.ts'

interface Joint {
  readonly joint: string
  readonly x: number
  readonly y: number
  readonly confidence: number
}

const jointsOf = ({ keypoints }: Pose, { joints }: PoseFacts): Joint[] =>
  joints.map((joint, index) => {
    const [x, y, confidence] = keypoints.slice(3 * index, 3 * index + 3)
    return { joint, x, y, confidence }
  })

const count = (seen: number, { joints }: PoseFacts): string => `${seen} of ${joints.length} joints`

/** @param refinement Refinement of joints between the pixels of heat-maps. */
export const poseRuntime = (refinement: Refinement = 'quarter'): TaskRuntime<PoseFacts, Person, Pose> => ({
  name: 'pose',
  writeMetadata: writePoseFacts,
  readMetadata: readPoseFacts,
  complete: completePoseFacts,
  decode: (outputs, _, placement) => decodeHeatmaps(outputs, placement, refinement),
  metrics: metricsOf,
  measure: measurePoses,
  // In the order of the joints, which have no rank.
  describe: (pose, facts, top) =>
    jointsOf(pose, facts)
      .slice(0, top)
      .map(({ joint, x, y, confidence }) => ({
        label: joint,
        score: confidence,
        detail: `x ${x.toFixed(1)}, y ${y.toFixed(1)}`,
      })),
  toJson: (pose, facts): JsonValue => ({ score: pose.score, joints: jointsOf(pose, facts).map((joint) => ({ ...joint })) }),
  captionOf: ({ keypoints }, facts) => count(keypoints.filter((value, index) => index % 3 === 2 && value > 0).length, facts),
  caption: (pose, facts) => count(jointsOf(pose, facts).filter(({ confidence }) => confidence >= LEAST_CONFIDENCE).length, facts),
  draw: drawPose,
})

/** The deployment half of the task `pose`. */
export const runtime: TaskRuntime<PoseFacts, Person, Pose> = poseRuntime()
