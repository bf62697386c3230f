/** Pictures in, poses out: a loaded network as a pose estimator, for one person or for all people in a detector's boxes. */
import { checkArgument, checkOptions, type LoadedNetwork, type RunOptions, rules, type ValueRules } from '@onebit/core'
import {
  createPipeline,
  crop,
  type PictureSource,
  type Pipeline,
  type PipelineOptions,
  pictureRules,
  readPicture,
} from '@onebit/image'
import { type Refinement, refinementRule } from './decode/decode-heatmaps.ts'
import { withFlipTest } from './flip-test.ts'
import type { Pose, PoseFacts } from './pose-facts.ts'
import { poseRuntime } from './pose-runtime.ts'

export interface PoseEstimatorOptions extends PipelineOptions<PoseFacts> {
  /** Refinement of joints between the pixels of heat-maps. @default 'quarter' */
  readonly refinement?: Refinement
  /** Uses the mean of a picture and its mirror image, at twice the cost. @default false */
  readonly flipTest?: boolean
}

/** A box around a person, in pixels: `[left, top, width, height]`. */
export type PersonBox = readonly [left: number, top: number, width: number, height: number]

export interface PoseEstimator extends Pipeline<PoseFacts, Pose> {
  /**
   * A pose for each box, in the picture's own pixels. Each box first grows by a quarter, and to the network's proportions.
   * @throws OptionError on a wrong box; PictureError if there is no picture.
   */
  people(source: PictureSource, boxes: readonly PersonBox[], options?: RunOptions): Promise<Pose[]>
}

/** Size of a box divided by the size of the person, as in SimpleBaseline. */
const MARGIN = 1.25

/** A rectangle of whole pixels around a box, with the network's proportions. */
function around([left, top, width, height]: PersonBox, [inputHeight, inputWidth]: readonly number[]) {
  const unit = MARGIN * Math.max(width / inputWidth, height / inputHeight)
  const [wide, high] = [Math.max(1, Math.round(unit * inputWidth)), Math.max(1, Math.round(unit * inputHeight))]
  return {
    left: Math.round(left + width / 2 - wide / 2),
    top: Math.round(top + height / 2 - high / 2),
    width: wide,
    height: high,
  }
}

const positive = rules.number({ minimum: Number.MIN_VALUE })

function checkBoxes(boxes: readonly PersonBox[]): void {
  const box: rules.ValueRule = (value) => {
    const fault = rules.list(rules.number(), { length: 4 })(value) ?? rules.list(positive)((value as number[]).slice(2))
    return fault && { ...fault, expected: '[left, top, width, height] in pixels, width and height above 0' }
  }
  checkArgument('people()', 'boxes', boxes, rules.list(box))
}

const OPTIONS: ValueRules<keyof PoseEstimatorOptions> = {
  ...pictureRules.pipelineOptions,
  refinement: refinementRule,
  flipTest: rules.boolean,
}

/**
 * A pose estimator on a loaded network: `run(picture)` returns the joints of a picture's one person, `people(picture, boxes)`
 * those of several people; `draw(picture, pose)` draws a skeleton.
 * @throws OptionError on a bad option; InputError if the network's inputs or outputs do not fit; ModelFormatError on bad metadata.
 */
export function poseEstimator(network: LoadedNetwork, options: PoseEstimatorOptions = {}): PoseEstimator {
  const { refinement = 'quarter', flipTest = false, ...pipelineOptions } = checkOptions('poseEstimator()', options, OPTIONS)
  const runtime = poseRuntime(refinement)
  const plain = createPipeline(network, runtime, pipelineOptions)
  const seeing = flipTest ? withFlipTest(network, plain.facts) : network
  const pipeline = flipTest ? createPipeline(seeing, runtime, pipelineOptions) : plain
  const [height, width] = pipeline.input
  const ofCrops = createPipeline(seeing, runtime, {
    ...pipelineOptions,
    preparation: [{ type: 'resize', size: [height, width] }],
  })
  return {
    ...pipeline,
    people: async (source, boxes, runOptions) => {
      checkBoxes(boxes)
      const picture = await readPicture(source, pipelineOptions.decode)
      const windows = boxes.map((box) => around(box, pipeline.input))
      const poses = await ofCrops.runAll(
        windows.map((window) => crop(picture, window)),
        runOptions,
      )
      return poses.map((pose, index) => {
        const { left, top } = windows[index]
        return { ...pose, keypoints: pose.keypoints.map((value, place) => value + ([left, top][place % 3] ?? 0)) }
      })
    },
  }
}
