/** The part of human pose without TensorFlow.js: `@onebit/pose/deployment`, which `@onebit/pose` includes. */
export { decodeHeatmaps, type Refinement } from './decode/decode-heatmaps.ts'
export { drawSkeleton } from './draw-pose.ts'
export { withFlipTest } from './flip-test.ts'
export { CorrectKeypoints, type CorrectKeypointsOptions } from './metrics/correct-keypoints.ts'
export {
  KeypointAveragePrecision,
  type KeypointAveragePrecisionOptions,
  type ScoredPerson,
} from './metrics/keypoint-average-precision.ts'
export { COCO_SIGMAS, keypointSimilarity, type LabeledPerson } from './metrics/oks.ts'
export { OneEuroFilter, type OneEuroOptions } from './one-euro-filter.ts'
export { type PersonBox, type PoseEstimator, type PoseEstimatorOptions, poseEstimator } from './pose-estimator.ts'
export type { Person, Pose, PoseFacts } from './pose-facts.ts'
export { poseRuntime, runtime } from './pose-runtime.ts'
