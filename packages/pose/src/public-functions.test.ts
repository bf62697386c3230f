/** Both entries of human pose, handed garbage: see `test/public-functions.ts`. */
import { compileGraph, GraphBuilder, type LoadedNetwork, reference } from '@onebit/core'
import { blankPicture, IDENTITY } from '@onebit/image'
import { type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as deployment from './deployment.ts'
import * as pose from './index.ts'

/** Two heat-maps of 2 x 2 pixels: a network so small that a thousand calls of it take no time. */
async function smallNetwork(): Promise<LoadedNetwork> {
  const builder = new GraphBuilder()
  const image = builder.input('image', [2, 2, 3])
  const weights = { dtype: 'float32', shape: [1, 1, 3, 2], data: Float32Array.of(1, 0, 0, 1, 0, 0) } as const
  builder.output('heatmaps', builder.node('conv2d', { inputs: [image], tensors: { weights } }))
  return compileGraph(builder.build(), reference)
}

const facts = {
  joints: ['right hand', 'left hand'],
  pairs: [[0, 1]],
  bones: [[0, 1]],
  metric: 'OKS',
  excluded: [1],
  sigmas: [0.1, 0.1],
} as const
const network = await smallNetwork()
const picture = blankPicture(6, 4, 3, 90)
const normalization = { mean: 0, standardDeviation: 1 }
const prediction = { keypoints: [1, 1, 0.5, 3, 3, 0.9], score: 0.7 }
const person = { keypoints: [1, 1, 2, 3, 3, 2], area: 25, box: [0, 0, 5, 5], crowd: false }
const ofPicture = { ...person, headSize: 2, picture: 1 }
const outputs = { heatmaps: { shape: [2, 2, 2], data: new Float32Array(8) } }
const placement = { toPicture: IDENTITY, picture: [4, 6], input: [2, 2] }
const { sigmas } = facts

type Given = [never, never]
const estimator = deployment.poseEstimator(network, { facts, normalization })
const flipped = deployment.withFlipTest(network, facts)

const trials: Trials = {
  CorrectKeypoints: { good: [{ joints: 2, threshold: 0.5, excluded: [1] }], options: [0] },
  'CorrectKeypoints().add': {
    good: [[1, 1, 3, 3], person.keypoints, 5],
    call: (...given) => new deployment.CorrectKeypoints({ joints: 2 }).add(...(given as unknown as [never, never, never])),
  },
  KeypointAveragePrecision: { good: [{ sigmas }], options: [0] },
  'KeypointAveragePrecision().add': {
    good: [[{ keypoints: [1, 1, 3, 3], score: 0.5 }], [person]],
    call: (...given) => new deployment.KeypointAveragePrecision({ sigmas }).add(...(given as unknown as Given)),
  },
  keypointSimilarity: [[1, 1, 3, 3], person, sigmas],
  OneEuroFilter: { good: [{ minCutoff: 1, beta: 5, speedCutoff: 1, leastConfidence: 0.1 }], options: [0] },
  'OneEuroFilter().next': {
    good: [prediction, 1],
    call: (...given) => {
      const filter = new deployment.OneEuroFilter()
      filter.next(prediction, 0)
      filter.next(...(given as unknown as Given))
    },
  },
  'OneEuroFilter().next, of the first frame': {
    good: [prediction, 1],
    call: (...given) => new deployment.OneEuroFilter().next(...(given as unknown as Given)),
  },
  decodeHeatmaps: [outputs, placement, 'dark'],
  drawSkeleton: [picture, prediction, facts, 2],
  poseEstimator: {
    good: [
      network,
      {
        facts,
        normalization,
        preparation: [{ type: 'resize', size: 2 }],
        decode: async () => picture,
        refinement: 'quarter',
        flipTest: true,
      },
    ],
    options: [1],
    call: (...given) => deployment.poseEstimator(...(given as unknown as Given)).run(picture),
  },
  'poseEstimator().run': {
    good: [picture, { validate: true }],
    options: [1],
    call: (...given) => estimator.run(...(given as unknown as Given)),
  },
  'poseEstimator().people': {
    good: [picture, [[0, 0, 2, 2]], { validate: true }],
    options: [2],
    call: (...given) => estimator.people(...(given as unknown as Given)),
  },
  'poseEstimator().people, one box': {
    good: [[0, 0, 2, 2]],
    call: (box: never) => estimator.people(picture, [box]),
  },
  'poseEstimator().draw': { good: [picture, prediction], call: (...given) => estimator.draw(...(given as unknown as Given)) },
  withFlipTest: [network, facts],
  'withFlipTest().run': {
    good: [{ image: new Float32Array(12) }, { validate: true }],
    options: [1],
    call: (...given) => flipped.run(...(given as unknown as Given)),
  },
  poseRuntime: ['pixel'],
  'runtime.writeMetadata': [facts],
  'runtime.readMetadata': [{ skeleton: JSON.stringify(facts) }],
  'runtime.complete': [facts, { heatmaps: [2, 2, 2] }],
  'runtime.decode': [outputs, facts, placement],
  'runtime.mirrorOutputs': [outputs, facts],
  'runtime.metrics': [facts],
  'runtime.measure': [facts],
  'runtime.measure().add': {
    good: [prediction, ofPicture],
    call: (...given) => deployment.runtime.measure(facts).add(...(given as unknown as Given)),
  },
  'runtime.measure().add, by heads': {
    good: [prediction, ofPicture],
    call: (...given) => deployment.runtime.measure({ ...facts, metric: 'PCKh' }).add(...(given as unknown as Given)),
  },
  'runtime.describe': [prediction, facts, 2],
  'runtime.toJson': [prediction, facts, 2],
  'runtime.captionOf': [person, facts],
  'runtime.caption': [prediction, facts],
  'runtime.draw': [picture, prediction, facts],
}

testPublicFunctions(deployment, trials)
testPublicFunctions(pose, trials)
