/**
 * Every stock layer that can be frozen, with every option. The frozen layer matches `predict` on the reference backend and on the
 * kernels, or freezing refuses it. If the table lacks a layer or a value for an option, the test fails.
 */
import { FreezeError, type Graph, reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { freeze } from '../freeze.ts'
import { COMMON_OPTIONS, STOCK_LAYERS } from './index.ts'

type Options = Readonly<Record<string, unknown>>

interface Row {
  readonly make: (options: never) => tf.layers.Layer
  /** Options that the layer requires. */
  readonly base?: Options
  /** Further values of each option, beside the one in `base` or the default. */
  readonly options: Readonly<Record<string, readonly unknown[]>>
  /** Shapes of the layer's inputs. @default one image */
  readonly shapes?: readonly (readonly (readonly number[])[])[]
  /** Returns true if freezing has to refuse these options. */
  readonly refuses?: (options: Options) => boolean
}

const IMAGE = [7, 6, 3] as const
const UNKNOWN_FUNCTIONS = ['elu', 'selu', 'gelu', 'gelu_new', 'mish', 'logSoftmax']
const FUNCTIONS = ['relu', 'relu6', 'sigmoid', 'tanh', 'softplus', 'softsign', 'hardSigmoid', 'swish', 'softmax', 'linear']
const activation = [...FUNCTIONS, ...UNKNOWN_FUNCTIONS]
const dataFormat = ['channelsFirst']
const padding = ['same', 'valid', 'causal']
const strides = [2, [2, 1], [1, 3], 3]

const drawn = (...weights: string[]): Record<string, unknown[]> =>
  Object.fromEntries(weights.map((weight) => [`${weight}Initializer`, ['randomUniform']]))
const penalized = (...weights: string[]): Record<string, unknown[]> =>
  Object.fromEntries(
    weights.flatMap((weight) => [
      [`${weight}Regularizer`, ['l1l2']],
      [`${weight}Constraint`, ['unitNorm']],
    ]),
  )
const trained = (...weights: string[]): Record<string, unknown[]> => ({ ...drawn(...weights), ...penalized(...weights) })
const linear = { activation, useBias: [false] }
const refusesFunction = ({ activation }: Options): boolean => UNKNOWN_FUNCTIONS.includes(activation as string)
const isChannelsFirst = ({ dataFormat }: Options): boolean => dataFormat === 'channelsFirst'
const refusesLinear = (options: Options): boolean => refusesFunction(options) || isChannelsFirst(options)
// TensorFlow.js cannot call a layer that has one of these, a depthwise convolution apart, for which any padding but 'same' is valid.
const UNCALLABLE = ['activityRegularizer: "l1l2"', 'padding: "causal"']
const activityRegularizer = ['l1l2']

const two = [
  [IMAGE, IMAGE],
  [IMAGE, [7, 1, 3]],
  [IMAGE, [3]],
  [[3], IMAGE],
  [IMAGE, IMAGE, [1, 1, 3]],
  [[5], [5]],
] as const

const TABLE: Readonly<Record<string, Row>> = {
  Conv2D: {
    make: tf.layers.conv2d,
    base: { filters: 4, kernelSize: 3 },
    options: {
      filters: [1],
      kernelSize: [1, [3, 2], [1, 4]],
      ...{ strides, padding, dataFormat, dilationRate: [2, [1, 2]], activityRegularizer, ...linear },
      ...trained('kernel', 'bias'),
    },
    refuses: refusesLinear,
  },
  DepthwiseConv2D: {
    make: tf.layers.depthwiseConv2d,
    base: { kernelSize: 3 },
    options: {
      kernelSize: [1, [3, 2]],
      depthMultiplier: [2],
      ...{ strides: [2, 3], padding, dataFormat, dilationRate: [2, [1, 2]], activityRegularizer, ...linear },
      ...trained('depthwise', 'bias'),
    },
    refuses: refusesLinear,
  },
  Conv2DTranspose: {
    make: tf.layers.conv2dTranspose as never,
    base: { filters: 2, kernelSize: 2 },
    options: {
      filters: [3],
      kernelSize: [1, 3, 4, [1, 4], [3, 2]],
      ...{ strides: [...strides, [3, 2], 5], padding, dataFormat, activityRegularizer, ...linear },
      ...trained('kernel', 'bias'),
    },
    refuses: refusesLinear,
  },
  Dense: {
    make: tf.layers.dense,
    base: { units: 4 },
    options: { units: [1], activityRegularizer, ...linear, ...trained('kernel', 'bias') },
    shapes: [[[5]], [[4, 5]], [IMAGE]],
    refuses: refusesFunction,
  },
  Activation: {
    make: tf.layers.activation as never,
    base: { activation: 'relu' },
    options: { activation },
    shapes: [[IMAGE], [[5]]],
    refuses: refusesFunction,
  },
  Softmax: {
    make: tf.layers.softmax,
    options: { axis: [-1, 3, [3], [-1], 1, [1], [2, 3]] },
    shapes: [[IMAGE], [[5]]],
    refuses: ({ axis }) => Array.isArray(axis) && axis.length > 1,
  },
  ReLU: { make: tf.layers.reLU, options: { maxValue: [6, 0.5] } },
  LeakyReLU: { make: tf.layers.leakyReLU, options: { alpha: [0.2, 0, -1] } },
  PReLU: {
    make: tf.layers.prelu,
    options: { sharedAxes: [[1, 2], [1], [2, 3], [1, 2, 3]], ...trained('alpha') },
    refuses: ({ sharedAxes }) => !(sharedAxes as number[] | undefined)?.includes(1) || !(sharedAxes as number[]).includes(2),
  },
  BatchNormalization: {
    make: tf.layers.batchNormalization,
    options: {
      axis: [-1, 3, [3], 1, 2, [1], -2],
      ...{ momentum: [0.5], epsilon: [0.1, 1e-5], center: [false], scale: [false] },
      ...drawn('movingMean', 'movingVariance'),
      ...trained('beta', 'gamma'),
    },
    refuses: ({ axis = -1 }) => ![-1, 3].includes(Number(axis)),
  },
  Dropout: {
    make: tf.layers.dropout as never,
    base: { rate: 0.5 },
    options: { rate: [0, 1], noiseShape: [[1, 7, 6, 1]], seed: [3] },
  },
  SpatialDropout1D: {
    make: tf.layers.spatialDropout1d as never,
    base: { rate: 0.5 },
    options: { rate: [0.1], noiseShape: [[1, 1, 3]], seed: [3] },
    shapes: [[[4, 3]]],
  },
  GaussianNoise: { make: tf.layers.gaussianNoise as never, base: { stddev: 0.5 }, options: { stddev: [1] } },
  GaussianDropout: { make: tf.layers.gaussianDropout as never, base: { rate: 0.5 }, options: { rate: [0] } },
  AlphaDropout: { make: tf.layers.alphaDropout as never, base: { rate: 0.5 }, options: { rate: [0] } },
  MaxPooling2D: {
    make: tf.layers.maxPooling2d as never,
    base: { poolSize: 2 },
    options: { poolSize: [3, [1, 2], [4, 3]], strides, padding, dataFormat },
    refuses: isChannelsFirst,
  },
  AveragePooling2D: {
    make: tf.layers.averagePooling2d as never,
    base: { poolSize: 2 },
    options: { poolSize: [3, [1, 2], [4, 3]], strides, padding, dataFormat },
    refuses: isChannelsFirst,
  },
  GlobalAveragePooling2D: { make: tf.layers.globalAveragePooling2d as never, options: { dataFormat } },
  Flatten: {
    make: tf.layers.flatten as never,
    options: { dataFormat: ['channelsFirst', 'channelsLast'] },
    shapes: [[IMAGE], [[4, 3]]],
    refuses: isChannelsFirst,
  },
  Reshape: {
    make: tf.layers.reshape as never,
    base: { targetShape: [-1, 3] },
    options: { targetShape: [[126], [7, null, 2], [2, 3, 21], [1, 126, 1, 1]] },
  },
  UpSampling2D: {
    make: tf.layers.upSampling2d as never,
    options: {
      size: [
        [2, 3],
        [1, 4],
        [3, 1],
      ],
      interpolation: ['bilinear', 'nearest'],
      dataFormat,
    },
    refuses: isChannelsFirst,
  },
  ZeroPadding2D: {
    make: tf.layers.zeroPadding2d,
    options: {
      padding: [
        2,
        [1, 3],
        [
          [1, 2],
          [0, 3],
        ],
      ],
      dataFormat,
    },
    refuses: isChannelsFirst,
  },
  Cropping2D: {
    make: tf.layers.cropping2D as never,
    base: { cropping: 1 },
    options: {
      cropping: [
        0,
        [1, 2],
        [
          [1, 2],
          [0, 3],
        ],
      ],
      dataFormat,
    },
    refuses: isChannelsFirst,
  },
  Concatenate: {
    make: tf.layers.concatenate as never,
    options: { axis: [-1, 1, 2, 3, -2, -3] },
    shapes: [
      [IMAGE, IMAGE],
      [IMAGE, [7, 6, 2]],
      [IMAGE, [2, 6, 3]],
      [IMAGE, [7, 1, 3], IMAGE],
    ],
    refuses: ({ axis = -1 }) => (axis as number) < -1,
  },
  Add: { make: tf.layers.add as never, options: {}, shapes: two },
  Multiply: { make: tf.layers.multiply as never, options: {}, shapes: two },
  Average: { make: tf.layers.average as never, options: {}, shapes: two },
}

const seed = Number(process.env.ONEBIT_SEED ?? Date.now() % 1_000_000)
const RANDOM_CASES = 12

/** A generator of numbers from 0 to 1. */
function random(state: number): () => number {
  return () => {
    state = (state * 48_271 + 1) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** The base alone, each value of each option alone, and random combinations of options. */
function casesOf({ base = {}, options }: Row): Options[] {
  const alone = Object.entries(options).flatMap(([option, values]) => values.map((value) => ({ ...base, [option]: value })))
  const draw = random(seed)
  const together = Array.from({ length: RANDOM_CASES }, () => {
    const drawn: Record<string, unknown> = { ...base }
    for (const [option, values] of Object.entries(options)) {
      const index = Math.floor(draw() * (values.length + 1))
      if (index < values.length) drawn[option] = values[index]
    }
    return drawn
  })
  return [base, ...alone, ...together]
}

interface Predicted {
  readonly model: tf.LayersModel
  readonly inputs: Record<string, Float32Array>
  readonly expected: tf.Tensor
}

/** The result of TensorFlow.js for these options on random values and weights, or undefined if it throws. */
function predicted(make: Row['make'], options: Options, shapes: readonly (readonly number[])[]): Predicted | undefined {
  try {
    const symbolic = shapes.map((shape, index) => tf.input({ shape: [...shape], name: `input${index}` }))
    // TensorFlow.js writes into some of the lists that it gets.
    const layer = make(structuredClone(options) as never)
    const output = layer.apply(symbolic.length === 1 ? symbolic[0] : symbolic) as tf.SymbolicTensor
    const model = tf.model({ inputs: symbolic, outputs: output })
    let draws = seed
    const uniform = (shape: number[]): tf.Tensor => tf.randomUniform(shape, -1, 1, 'float32', draws++)
    layer.setWeights(layer.getWeights().map(({ shape }) => tf.add(tf.mul(uniform(shape), 0.4), shape.length === 1 ? 0.7 : 0)))
    const values = shapes.map((shape) => tf.mul(uniform([2, ...shape]), 2))
    const expected = model.predict(values) as tf.Tensor
    const inputs = Object.fromEntries(values.map((value, index) => [`input${index}`, value.dataSync() as Float32Array]))
    return { model, inputs, expected }
  } catch {
    return undefined
  }
}

async function run(graph: Graph, inputs: Predicted['inputs'], backend = reference): Promise<ArrayLike<number>> {
  const executable = await backend.compile(graph)
  const [output] = Object.values(await executable.run(inputs))
  executable.dispose()
  return output
}

/** Float32 sums in another order, relative to the largest value. */
const TOLERANCE = 1e-5

/** The difference between the frozen layer and the original, or undefined if there is none. */
async function fault({ model, inputs, expected }: Predicted, isRefused: boolean): Promise<string | undefined> {
  let graph: Graph
  try {
    graph = freeze(model).graph
  } catch (error) {
    if (!FreezeError.isInstance(error)) return `throws ${error}`
    return isRefused ? undefined : `is refused: ${error.message}`
  }
  if (isRefused) return 'freezes'
  const values = Array.from(await expected.data())
  const frozen = await run(graph, inputs)
  if (frozen.length !== values.length) return `has ${frozen.length} values, not ${values.length}`
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const difference = values.reduce((most, value, index) => Math.max(most, Math.abs(value - frozen[index])), 0)
  if (!(difference <= TOLERANCE * largest)) return `differs by ${difference} of ${largest}`
  const onKernels = await run(graph, inputs, wasm())
  return Array.from(frozen).every((value, index) => Object.is(value, onKernels[index])) ? undefined : 'differs on the kernels'
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

test('the table has every stock layer that freezes', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(STOCK_LAYERS).sort())
})

describe.each(Object.entries(TABLE))('%s', (className, row) => {
  const { make, base = {}, options, shapes = [[IMAGE]], refuses = () => false } = row

  test('has a value in the table for every option', () => {
    const layer = make(base as never)
    expect(layer.getClassName()).toBe(className)
    const { options: read, training = [] } = STOCK_LAYERS[className]
    const configured = Object.keys(layer.getConfig()).filter((option) => !COMMON_OPTIONS.includes(option))
    expect([...new Set([...configured, ...read, ...training])].sort()).toEqual(Object.keys(options).sort())
    for (const [option, values] of Object.entries(options)) {
      const before = JSON.stringify(layer.getConfig()[option])
      const changed = values.some((value) => {
        try {
          return JSON.stringify(make({ ...base, [option]: structuredClone(value) } as never).getConfig()[option]) !== before
        } catch {
          return false
        }
      })
      // TensorFlow.js writes the depthwise layer's regularizer in place of its constraint.
      expect(changed || option === 'depthwiseConstraint', `a value of '${option}' that is not the default`).toBe(true)
    }
  })

  test(`frozen matches predict (ONEBIT_SEED=${seed})`, async () => {
    const faults: string[] = []
    const compared = new Set<string>()
    for (const given of casesOf(row)) {
      for (const inputShapes of shapes) {
        const prediction = predicted(make, given, inputShapes)
        if (!prediction) continue
        for (const [option, value] of Object.entries(given)) compared.add(`${option}: ${JSON.stringify(value)}`)
        const found = await fault(prediction, refuses(given))
        if (found) faults.push(`${JSON.stringify(given)} on ${JSON.stringify(inputShapes)} ${found}`)
        prediction.model.dispose()
      }
    }
    expect(faults).toEqual([])
    const values = Object.entries(options).flatMap(([option, each]) => each.map((value) => `${option}: ${JSON.stringify(value)}`))
    expect(values.filter((value) => !compared.has(value) && !UNCALLABLE.includes(value))).toEqual([])
  })
})

describe('a layer that Keras saved, with its axis in a list,', () => {
  /** A model as Keras writes it to JSON. */
  async function savedByKeras(layer: object, shape: readonly number[]): Promise<tf.LayersModel> {
    const name = 'normed'
    const input = {
      class_name: 'InputLayer',
      name: 'x',
      config: { batch_input_shape: [null, ...shape], name: 'x' },
      inbound_nodes: [],
    }
    const layers = [input, { ...layer, name, inbound_nodes: [[['x', 0, 0, {}]]] }]
    const config = { name: 'saved', layers, input_layers: [['x', 0, 0]], output_layers: [[name, 0, 0]] }
    return tf.models.modelFromJSON({ class_name: 'Model', config } as never)
  }
  const norm = (axis: unknown): object => ({ class_name: 'BatchNormalization', config: { name: 'normed', axis } })
  const softmax = (axis: unknown): object => ({ class_name: 'Softmax', config: { name: 'normed', axis } })

  test.each([
    ['BatchNorm over [3] of an image', norm([3]), IMAGE],
    ['BatchNorm over [2] of tokens', norm([2]), [4, 3]],
    ['BatchNorm over [1] of features', norm([1]), [5]],
    ['softmax over [3] of an image', softmax([3]), IMAGE],
    ['softmax over [-1] of an image', softmax([-1]), IMAGE],
    ['softmax over [2] of tokens', softmax([2]), [4, 3]],
    ['softmax over [1] of features', softmax([1]), [5]],
  ] as const)('freezes: %s', async (_, layer, shape) => {
    const model = await savedByKeras(layer, shape)
    model.setWeights(model.getWeights().map((weight, index) => tf.randomUniform(weight.shape, 0.3, 0.9, 'float32', index)))
    const x = tf.randomUniform([2, ...shape], -2, 2, 'float32', 7)
    const values = await (model.predict(x) as tf.Tensor).data()
    const frozen = await run(freeze(model).graph, { x: x.dataSync() as Float32Array })
    expect(frozen).toHaveLength(values.length)
    values.forEach((value, index) => {
      expect(frozen[index]).toBeCloseTo(value, 5)
    })
    model.dispose()
  })

  test.each([
    ['BatchNorm over rows', norm([1]), IMAGE, /normalizes axis 1\. Normalize the last axis/],
    ['BatchNorm over columns', norm([2]), IMAGE, /normalizes axis 2\./],
    ['softmax over all pixels', softmax([1, 2]), IMAGE, /normalizes axis 1,2\./],
    ['softmax over nothing', softmax([]), IMAGE, /normalizes axis \./],
  ] as const)('is refused: %s', async (_, layer, shape, message) => {
    const model = await savedByKeras(layer, shape)
    expect(() => freeze(model)).toThrow(FreezeError)
    expect(() => freeze(model)).toThrow(message)
  })
})

test('an option outside the table is refused', () => {
  class Odd extends (Object.getPrototypeOf(tf.layers.reLU()).constructor as typeof tf.layers.Layer) {
    static readonly className = 'ReLU'
    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), negativeSlope: 0.5 }
    }
  }
  const input = tf.input({ shape: [4] })
  const model = tf.model({ inputs: input, outputs: new Odd({}).apply(input) as tf.SymbolicTensor })
  expect(() => freeze(model)).toThrow(/cannot be frozen: 'negativeSlope'/)
})
