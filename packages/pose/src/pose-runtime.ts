/** Poses of a loaded network: heat-maps in, joints, PCKh or AP, and a drawn skeleton out. No TensorFlow.js. */
import { checkArguments, type JsonValue, rules, type TaskRuntime } from '@onebit/core'
import { decodeHeatmaps, type Refinement, refinementRule } from './decode/decode-heatmaps.ts'
import { drawPose, LEAST_CONFIDENCE } from './draw-pose.ts'
import { measurePoses, metricsOf } from './metrics/pose-metrics.ts'
import { mirrorHeatmaps } from './mirror-heatmaps.ts'
import { checkPerson, factsRule, type Person, type Pose, type PoseFacts, poseRule } from './pose-facts.ts'
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

function checkPose(where: string, pose: Pose, facts: PoseFacts, top = 1): void {
  checkArguments(where, { facts: [facts, factsRule] })
  checkArguments(where, { pose: [pose, poseRule(facts.joints.length)], top: [top, rules.integer({ minimum: 1 })] })
}

/**
 * @param refinement Refinement of joints between the pixels of heat-maps.
 * @throws OptionError on another one.
 */
export function poseRuntime(refinement: Refinement = 'quarter'): TaskRuntime<PoseFacts, Person, Pose> {
  checkArguments('poseRuntime()', { refinement: [refinement, refinementRule] })
  return {
    name: 'pose',
    writeMetadata: writePoseFacts,
    readMetadata: readPoseFacts,
    complete: completePoseFacts,
    decode: (outputs, _, placement) => decodeHeatmaps(outputs, placement, refinement),
    mirrorOutputs: mirrorHeatmaps,
    metrics: metricsOf,
    measure: measurePoses,
    // In the order of the joints, which have no rank.
    describe(pose, facts, top) {
      checkPose('describe()', pose, facts, top)
      return jointsOf(pose, facts)
        .slice(0, top)
        .map(({ joint, x, y, confidence }) => ({
          label: joint,
          score: confidence,
          detail: `x ${x.toFixed(1)}, y ${y.toFixed(1)}`,
        }))
    },
    toJson(pose, facts): JsonValue {
      checkPose('toJson()', pose, facts)
      return { score: pose.score, joints: jointsOf(pose, facts).map((joint) => ({ ...joint })) }
    },
    captionOf(person, facts) {
      checkArguments('captionOf()', { facts: [facts, factsRule] })
      const { keypoints } = checkPerson(person, facts)
      return count(keypoints.filter((value, index) => index % 3 === 2 && value > 0).length, facts)
    },
    caption(pose, facts) {
      checkPose('caption()', pose, facts)
      return count(jointsOf(pose, facts).filter(({ confidence }) => confidence >= LEAST_CONFIDENCE).length, facts)
    },
    draw: drawPose,
  }
}

/** The deployment half of the task `pose`. */
export const runtime: TaskRuntime<PoseFacts, Person, Pose> = poseRuntime()
