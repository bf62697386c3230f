/** Calls the functions of both entries of segmentation with garbage: see `test/public-functions.ts`. */
import { compileGraph, GraphBuilder, reference } from '@onebit/core'
import { blankPicture, IDENTITY } from '@onebit/image'
import { type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as deployment from './deployment.ts'
import * as segment from './index.ts'

const facts = { classes: ['ground', 'shoe'] }
const builder = new GraphBuilder()
const image = builder.input('image', [2, 2, 3])
const weights = { dtype: 'float32', shape: [1, 1, 3, 2], data: new Float32Array(6) } as const
builder.output('scores', builder.node('conv2d', { inputs: [image], tensors: { weights } }))
const network = await compileGraph(builder.build(), reference)
const picture = blankPicture(6, 4, 3, 90)
const segmenter = deployment.segmenter(network)
const segmentation = { mask: blankPicture(6, 4, 1, 1) }
const outputs = { scores: { shape: [2, 2, 2], data: new Float32Array(8) } }
const placement = { toPicture: IDENTITY, picture: [4, 6], input: [2, 2] }
const normalization = { mean: 0, standardDeviation: 1 }

const trials: Trials = {
  segmenter: {
    good: [network, { facts, normalization, preparation: [{ type: 'resize', size: 2 }], decode: async () => picture }],
    options: [1],
    call: (...given: never[]) => deployment.segmenter(...(given as unknown as [never])).run(picture),
  },
  'segmenter().run': {
    good: [picture, { validate: true }],
    options: [1],
    call: (...given: never[]) => segmenter.run(...(given as unknown as [never])),
  },
  'segmenter().draw': {
    good: [picture, segmentation],
    call: (...given: never[]) => segmenter.draw(...(given as unknown as [never, never])),
  },
  'runtime.writeMetadata': [facts],
  'runtime.readMetadata': [{ labels: '["a"]' }],
  'runtime.complete': [facts, { scores: [2, 2, 2] }],
  'runtime.decode': [outputs, facts, placement],
  'runtime.mirrorOutputs': [outputs, facts],
  'runtime.metrics': [facts],
  'runtime.measure': [facts],
  'runtime.measure().add': {
    good: [segmentation, segmentation],
    call: (...given: never[]) => deployment.runtime.measure(facts).add(...(given as unknown as [never, never])),
  },
  'runtime.describe': [segmentation, facts, 2],
  'runtime.toJson': [segmentation, facts, 2],
  'runtime.captionOf': [segmentation, facts],
  'runtime.caption': [segmentation, facts],
  'runtime.draw': [picture, segmentation, facts],
}

testPublicFunctions(deployment, trials)
testPublicFunctions(segment, trials)
