/** Calls the functions of both entries of classification with garbage: see `test/public-functions.ts`. */
import blocks from '@onebit/blocks'
import { compileGraph, createRegistry, GraphBuilder, reference } from '@onebit/core'
import { blankPicture, IDENTITY } from '@onebit/image'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as deployment from './deployment.ts'
import * as classify from './index.ts'

await tf.setBackend('cpu')

const facts = { classes: ['red', 'green', 'blue'] }
const builder = new GraphBuilder()
const mean = builder.node('mean', { inputs: [builder.input('image', [4, 4, 3])], attributes: { axes: [0, 1] } })
builder.output('scores', builder.node('softmax', { inputs: [mean] }))
const network = await compileGraph(builder.build(), reference)
const picture = blankPicture(6, 4, 3, 90)
const classifier = deployment.imageClassifier(network)
const scores = { scores: [0.2, 0.5, 0.3] }
const outputs = { scores: { shape: [3], data: scores.scores } }
const placement = { toPicture: IDENTITY, picture: [4, 6], input: [4, 4] }
const normalization = { mean: 0, standardDeviation: 1 }
const batch = { images: new Float32Array(2), annotations: [0, 1], count: 2 }

const trials: Trials = {
  argMax: [[1, 2, 3], 0, 3],
  classifierMetadata: [{ name: 'x', facts, test: { normalization, augment: [{ type: 'resize', size: 4 }] }, background: 'dark' }],
  readClassifierMetadata: [{ labels: '["a"]' }],
  evaluate: [() => [1, 2], [batch], () => undefined],
  imageClassifier: {
    good: [network, { labels: facts.classes, normalization, fit: 'contain', decode: async () => picture }],
    options: [1],
    call: (...given: never[]) => deployment.imageClassifier(...(given as unknown as [never])).classify(picture),
  },
  'imageClassifier().classify': {
    good: [picture, { top: 2, validate: true }],
    options: [1],
    call: (...given: never[]) => classifier.classify(...(given as unknown as [never])),
  },
  'imageClassifier().classifyAll': {
    good: [[picture], { top: 2, validate: true }],
    options: [1],
    call: (...given: never[]) => classifier.classifyAll(...(given as unknown as [never])),
  },
  'imageClassifier().prepare': { good: [picture], call: (given: never) => classifier.prepare(given) },
  'imageClassifier().draw': { good: [picture], call: (given: never) => classifier.draw(given) },
  'runtime.writeMetadata': [facts],
  'runtime.readMetadata': [{ labels: '["a"]' }],
  'runtime.complete': [facts, { scores: [3] }],
  'runtime.decode': [outputs, facts, placement],
  'runtime.mirrorOutputs': [outputs, facts],
  'runtime.metrics': [facts],
  'runtime.measure': [facts],
  'runtime.measure().add': {
    good: [scores, 1],
    call: (...given: never[]) => deployment.runtime.measure(facts).add(...(given as unknown as [never, never])),
  },
  'runtime.describe': [scores, facts, 2],
  'runtime.toJson': [scores, facts, 2],
  'runtime.captionOf': [1, facts],
  'runtime.caption': [scores, facts],
  'runtime.matches': [scores, 1],
  'runtime.draw': [picture, scores, facts],
}

/** The registry without its functions, which are not options. */
const registry = Object.create(createRegistry([quantizers, blocks, networks, classify.default]))
const composition = {
  network: { name: 'resnet-small', width: 2, stages: 1 },
  block: 'bi-real',
  activation: 'approx-sign',
  weight: 'ste-sign',
  head: 'classification',
  classes: 2,
  input: [4, 4, 1],
}

testPublicFunctions(deployment, trials)
testPublicFunctions(classify, {
  ...trials,
  classifier: { good: [registry, composition], options: [1] },
  composeClassifier: { good: [registry, composition], options: [1] },
})
