export { CorrectKeypoints, type CorrectKeypointsOptions } from './metrics/correct-keypoints.ts'
export {
  KeypointAveragePrecision,
  type KeypointAveragePrecisionOptions,
  type ScoredPerson,
} from './metrics/keypoint-average-precision.ts'
export { COCO_SIGMAS, keypointSimilarity, type LabeledPerson } from './metrics/oks.ts'
