/** Both entries of distillation, handed garbage: see `test/public-functions.ts`. */
import { mkdtempSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GraphBuilder, reference } from '@onebit/core'
import * as kd from '@onebit/kd'
import * as node from '@onebit/kd/node'
import { saveLayersModel } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { afterAll } from 'vitest'
import { testPublicFunctions } from '../../../test/public-functions.ts'
import { denseTeacher } from './small-classifier.ts'
import { saveGraphModel } from './small-graph-model.ts'

await tf.setBackend('cpu')
const folder = mkdtempSync(join(tmpdir(), 'onebit-public-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
/** A temporary folder for functions that read or write, so that garbage cannot name a folder of the user. */
const below = (path: unknown): never => (typeof path === 'string' && path !== '' ? join(folder, path) : path) as never

const builder = new GraphBuilder()
const mean = builder.node('mean', { name: 'm', inputs: [builder.input('image', [2, 2, 1])], attributes: { axes: [0, 1] } })
builder.output('scores', builder.node('softmax', { inputs: [mean] }))
const graph = builder.build()

const weights = { kernel: new Float32Array(64 * 3).fill(0.1), bias: Float32Array.of(1, 2, 3) }
await saveGraphModel(join(folder, 'graph'), weights)
await mkdir(join(folder, 'layers'))
await saveLayersModel(denseTeacher(), join(folder, 'layers'))
const graphModel = await node.readGraphModel(join(folder, 'graph'))
/** A record, so that each of its parts is replaced in turn. */
const model = {
  inputs: [{ name: 'picture', shape: [-1, 8, 8, 1] }],
  outputNodes: ['Identity'],
  weights: graphModel.weights,
  modelSignature: { outputs: { scores: { name: 'Identity:0' } } },
  artifacts: { modelTopology: { node: [{ name: 'Identity', op: 'Identity', input: ['probabilities'] }] } },
  execute: (images: tf.Tensor, nodes: string[]) => graphModel.execute(images, nodes),
}

const normalization = { mean: 0, standardDeviation: [1] }
const frozen = await kd.frozenTeacher(graph)
const loaded = await kd.graphModelTeacher(graphModel)
const small = tf.ones([1, 2, 2, 1])
const large = tf.ones([1, 8, 8, 1])

type Given = [never, never]
const cache = node.teacherCache(join(folder, 'cache'))
const key = { teacher: { weights: 'a' }, data: { sha256: 'b' }, engine: 'cpu', layout: [] }
const rows = await cache.open(key, { pictures: 2, rowLength: 3 })
await rows.write([0, 1], new Float32Array(6))
afterAll(() => rows.close())

testPublicFunctions(kd, {
  fixed: [small],
  frozenTeacher: { good: [graph, { backend: reference, normalization, title: 'a file' }], options: [1] },
  'frozenTeacher().shapesOf': { good: [['m']], call: (names: never) => frozen.shapesOf(names) },
  'frozenTeacher().run': { good: [small, ['m']], call: (...given) => frozen.run(...(given as unknown as Given)) },
  graphModelTeacher: { good: [model, { normalization, input: [8, 8, 1], title: 'a model' }], options: [1] },
  'graphModelTeacher().shapesOf': { good: [['flat']], call: (names: never) => loaded.shapesOf(names) },
  'graphModelTeacher().run': { good: [large, ['flat']], call: (...given) => loaded.run(...(given as unknown as Given)) },
})

testPublicFunctions(node, {
  readGraphModel: { good: ['graph'], call: (path: never) => node.readGraphModel(below(path)) },
  readLayersModel: { good: ['layers'], call: (path: never) => node.readLayersModel(below(path)) },
  teacherCache: ['folder'],
  'teacherCache().open': {
    good: [key, { pictures: 2, rowLength: 3 }],
    call: async (...given) => (await cache.open(...(given as unknown as Given))).close(),
  },
  'teacherCache().open().read': {
    good: [[0, 1], new Float32Array(6)],
    call: (...given) => rows.read(...(given as unknown as Given)),
  },
  'teacherCache().open().write': {
    good: [[0, 1], new Float32Array(6)],
    call: (...given) => rows.write(...(given as unknown as Given)),
  },
})
