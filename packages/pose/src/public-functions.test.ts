/** The metrics of keypoints, handed garbage: see `test/public-functions.ts`. What runs a file is not tried yet. */
import { testPublicFunctions } from '../../../test/public-functions.ts'
import * as pose from './index.ts'

const person = { keypoints: [1, 1, 2, 3, 3, 2], area: 25, box: [0, 0, 5, 5], crowd: false }
const sigmas = [0.1, 0.1]

const later = 'runs a file of this task; only types guard it so far'

const UNTRIED = {
  OneEuroFilter: later,
  decodeHeatmaps: later,
  drawSkeleton: later,
  poseEstimator: later,
  poseRuntime: later,
  runtime: later,
  withFlipTest: later,
}

testPublicFunctions(
  pose,
  {
    CorrectKeypoints: { good: [{ joints: 2, threshold: 0.5, excluded: [1] }], options: [0] },
    'CorrectKeypoints().add': {
      good: [[1, 1, 3, 3], [1, 1, 2, 3, 3, 2], 5],
      call: (...given: never[]) => new pose.CorrectKeypoints({ joints: 2 }).add(...(given as unknown as [never, never, never])),
    },
    KeypointAveragePrecision: { good: [{ sigmas }], options: [0] },
    'KeypointAveragePrecision().add': {
      good: [[{ keypoints: [1, 1, 3, 3], score: 0.5 }], [person]],
      call: (...given: never[]) => new pose.KeypointAveragePrecision({ sigmas }).add(...(given as unknown as [never, never])),
    },
    keypointSimilarity: [[1, 1, 3, 3], person, sigmas],
  },
  { untried: UNTRIED },
)
