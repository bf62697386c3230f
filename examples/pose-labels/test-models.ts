/**
 * Two small tf.GraphModels with the inputs and outputs of CenterNet and MoveNet, for pictures in which joints are colors: each joint
 * of MoveNet's is where the picture is closest to the joint's color, and the detector's score is the greatest value of red.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Box } from './boxes.ts'

type Constant = readonly [name: string, dtype: 'float32' | 'int32', shape: readonly number[], values: readonly number[]]
type Node = Readonly<Record<string, unknown>>

const TYPES = { float32: 'DT_FLOAT', int32: 'DT_INT32' } as const
const floats = { type: 'DT_FLOAT' }
const shapeOf = (sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) })
const node = (op: string, name: string, input: readonly string[], attr: object = { T: floats }): Node => ({
  name,
  op,
  input,
  attr,
})

function placeholder(name: string, dtype: 'float32' | 'int32', size: number): Node {
  return node('Placeholder', name, [], { dtype: { type: TYPES[dtype] }, shape: { shape: shapeOf([1, size, size, 3]) } })
}

async function save(path: string, nodes: readonly Node[], constants: readonly Constant[]): Promise<void> {
  const constNodes = constants.map(([name, dtype]) => node('Const', name, [], { dtype: { type: TYPES[dtype] } }))
  const weights = constants.map(([name, dtype, shape]) => ({ name, shape, dtype }))
  const arrays = constants.map(([, dtype, , values]) => (dtype === 'float32' ? Float32Array : Int32Array).from(values))
  const file = `${path}.bin`
  const model = {
    format: 'graph-model',
    modelTopology: { node: [...constNodes, ...nodes], library: {}, versions: {} },
    weightsManifest: [{ paths: [file.split('/').at(-1)], weights }],
  }
  await writeFile(`${path}.json`, JSON.stringify(model))
  await writeFile(file, Buffer.concat(arrays.map(({ buffer }) => Buffer.from(buffer))))
}

/** 17 colors that are far apart: all but the darkest of those with the values 60, 150 and 240. */
export const JOINT_COLORS: readonly (readonly [number, number, number])[] = Array.from({ length: 17 }, (_, joint) => {
  const digits = [1, 3, 9].map((unit) => Math.floor((joint + 9) / unit) % 3)
  return [60 + 90 * digits[0], 60 + 90 * digits[1], 60 + 90 * digits[2]]
})

/** Its boxes are fixed. Their scores are `factor * red / 255`, for the greatest red of the picture. */
async function saveDetector(folder: string, boxes: readonly Box[], factors: readonly number[]): Promise<void> {
  const size = 512
  const rows = boxes.map(([left, top, width, height]) => [left, top, left + width, top + height])
  const constants: Constant[] = [
    ['red', 'float32', [3], [1 / 255, 0, 0]],
    ['axes', 'int32', [4], [0, 1, 2, 3]],
    ['factors', 'float32', [1, boxes.length, 1], factors],
    ['boxes', 'float32', [1, boxes.length, 4], rows.flat()],
    // Class 0 is a person, and the last of the boxes is none.
    ['classes', 'float32', [1, boxes.length, 1], boxes.map((_, index) => (index === boxes.length - 1 ? 2 : 0))],
    ['last', 'int32', [], [2]],
  ]
  const nodes = [
    placeholder('tower_0/images', 'float32', size),
    node('Mul', 'reds', ['tower_0/images', 'red']),
    node('Max', 'reddest', ['reds', 'axes'], { T: floats, keep_dims: { b: false } }),
    node('Mul', 'scores', ['factors', 'reddest']),
    node('ConcatV2', 'tower_0/detections', ['boxes', 'scores', 'classes', 'last'], { N: { i: '3' }, T: floats }),
  ]
  await save(join(folder, 'centernet'), nodes, constants)
}

/** A joint's score is `scores[joint]` if its own color is in the picture, and less otherwise. */
async function saveMovenet(folder: string, scores: readonly number[]): Promise<void> {
  const size = 256
  const squares = JOINT_COLORS.map((color) => color.reduce((sum, value) => sum + value * value, 0))
  // 2 p c - p p is greatest where the pixel p is the color c, and is c c there.
  const kernel = [0, 1, 2].flatMap((channel) => JOINT_COLORS.map((color) => 2 * color[channel]))
  const constants: Constant[] = [
    ['kernel', 'float32', [1, 1, 3, 17], kernel],
    ['channels', 'int32', [1], [3]],
    ['flat', 'int32', [2], [size * size, 17]],
    ['pixels', 'int32', [1], [0]],
    ['pixels/axis', 'int32', [], [0]],
    ['row', 'float32', [], [size]],
    ['share', 'float32', [], [1 / size]],
    ['certainty', 'float32', [17], scores.map((score, joint) => score / squares[joint])],
    ['result', 'int32', [4], [1, 1, 17, 3]],
  ]
  const conv = { strides: { list: { i: ['1', '1', '1', '1'] } }, padding: { s: Buffer.from('VALID').toString('base64') } }
  const layout = { data_format: { s: Buffer.from('NHWC').toString('base64') }, dilations: { list: { i: ['1', '1', '1', '1'] } } }
  const nodes = [
    placeholder('input', 'int32', size),
    node('Cast', 'picture', ['input'], { SrcT: { type: 'DT_INT32' }, DstT: floats }),
    node('Conv2D', 'products', ['picture', 'kernel'], { T: floats, ...conv, ...layout }),
    node('Mul', 'square', ['picture', 'picture']),
    node('Sum', 'squares', ['square', 'channels'], { T: floats, keep_dims: { b: true } }),
    node('Sub', 'closeness', ['products', 'squares']),
    node('Reshape', 'list', ['closeness', 'flat']),
    node('ArgMax', 'place', ['list', 'pixels/axis'], { T: floats, output_type: { type: 'DT_INT32' } }),
    node('Cast', 'index', ['place'], { SrcT: { type: 'DT_INT32' }, DstT: floats }),
    node('FloorDiv', 'y', ['index', 'row']),
    node('Mul', 'before', ['y', 'row']),
    node('Sub', 'x', ['index', 'before']),
    node('Mul', 'down', ['y', 'share']),
    node('Mul', 'right', ['x', 'share']),
    node('Max', 'closest', ['list', 'pixels'], { T: floats, keep_dims: { b: false } }),
    node('Mul', 'score', ['closest', 'certainty']),
    node('Pack', 'joints', ['down', 'right', 'score'], { N: { i: '3' }, axis: { i: '1' }, T: floats }),
    node('Reshape', 'Identity', ['joints', 'result']),
  ]
  await save(join(folder, 'movenet-thunder'), nodes, constants)
}

export interface TestModels {
  /** In the pixels of the detector's 512 x 512. The last one is no person. */
  readonly boxes: readonly Box[]
  readonly factors: readonly number[]
  /** One for each joint. */
  readonly scores: readonly number[]
}

/** Writes both models with the names of the real ones. */
export async function saveTestModels(folder: string, { boxes, factors, scores }: TestModels): Promise<void> {
  await mkdir(folder, { recursive: true })
  await saveDetector(folder, boxes, factors)
  await saveMovenet(folder, scores)
}
