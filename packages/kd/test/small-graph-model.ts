/** A tf.GraphModel in the form that a converter writes: a dense layer of a flattened picture, and a softmax after an identity. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface DenseWeights {
  /** `[64, 3]` */
  readonly kernel: Float32Array
  /** `[3]` */
  readonly bias: Float32Array
}

const floats = { type: 'DT_FLOAT' }
const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } })
const constant = (name: string, dtype: string, ...shape: number[]) => ({
  name,
  op: 'Const',
  attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: dims(...shape).shape } } },
})

const NODES = [
  { name: 'picture', op: 'Placeholder', attr: { dtype: floats, shape: dims(-1, 8, 8, 1) } },
  constant('flat/shape', 'DT_INT32', 2),
  constant('dense/kernel', 'DT_FLOAT', 64, 3),
  constant('dense/bias', 'DT_FLOAT', 3),
  { name: 'flat', op: 'Reshape', input: ['picture', 'flat/shape'], attr: { T: floats, Tshape: { type: 'DT_INT32' } } },
  {
    name: 'dense/product',
    op: 'MatMul',
    input: ['flat', 'dense/kernel'],
    attr: { T: floats, transpose_a: { b: false }, transpose_b: { b: false } },
  },
  {
    name: 'dense/logits',
    op: 'BiasAdd',
    input: ['dense/product', 'dense/bias'],
    attr: { T: floats, data_format: { s: 'TkhXQw==' } },
  },
  { name: 'probabilities', op: 'Softmax', input: ['dense/logits'], attr: { T: floats } },
  { name: 'Identity', op: 'Identity', input: ['probabilities'], attr: { T: floats } },
]

const tensorInfo = (name: string, ...sizes: number[]) => ({ name, dtype: 'DT_FLOAT', tensorShape: dims(...sizes).shape })

/** Writes model.json and its weights, in two files. @returns the folder. */
export async function saveGraphModel(folder: string, { kernel, bias }: DenseWeights): Promise<string> {
  await mkdir(folder, { recursive: true })
  const weights = [
    { name: 'flat/shape', shape: [2], dtype: 'int32' },
    { name: 'dense/kernel', shape: [64, 3], dtype: 'float32' },
    { name: 'dense/bias', shape: [3], dtype: 'float32' },
  ]
  const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin']
  const model = {
    format: 'graph-model',
    generatedBy: '2.15.0',
    convertedBy: 'TensorFlow.js Converter v4.22.0',
    signature: {
      inputs: { picture: tensorInfo('picture:0', -1, 8, 8, 1) },
      outputs: { scores: tensorInfo('Identity:0', -1, 3) },
    },
    modelTopology: { node: NODES, library: {}, versions: { producer: 1645 } },
    weightsManifest: [{ paths, weights }],
  }
  const bytes = Buffer.concat([Int32Array.of(-1, 64), kernel, bias].map((array) => Buffer.from(array.buffer.slice(0))))
  await writeFile(join(folder, 'model.json'), JSON.stringify(model))
  await writeFile(join(folder, paths[0]), bytes.subarray(0, 100))
  await writeFile(join(folder, paths[1]), bytes.subarray(100))
  return folder
}
