/** Options of every layer of the package. Unknown or bad options are refused, and options that Keras users expect work. */
import { type Configured, createRegistry, OptionError, type Quantizer } from '@onebit/core'
import { magnitudeAwareSign, steSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { freeze } from '../freeze/freeze.ts'
import { InputScale } from '../input-scale.ts'
import { LeakyClip } from '../leaky-clip.ts'
import { LearnedScale } from '../learned-scale.ts'
import { Maxout } from '../maxout.ts'
import { QuantConv2D } from '../quant-conv2d.ts'
import { QuantConv2DTranspose } from '../quant-conv2d-transpose.ts'
import { QuantDense } from '../quant-dense.ts'
import { QuantDepthwiseConv2D } from '../quant-depthwise-conv2d.ts'
import { registerLayers } from '../register.ts'
import { RPReLU } from '../rprelu.ts'
import { ScaledSum } from '../scaled-sum.ts'
import { SoftGate } from '../soft-gate.ts'

const registry = createRegistry([steSign, magnitudeAwareSign])
const sign: Configured<Quantizer> = registry.quantizer('ste-sign')

beforeAll(async () => {
  await tf.setBackend('cpu')
  registerLayers(registry)
})

type Options = Readonly<Record<string, unknown>>
type Make = (options?: Options) => tf.layers.Layer

const LAYERS: Readonly<Record<string, Make>> = {
  QuantConv2D: (options) => new QuantConv2D({ filters: 4, kernelSize: 3, ...options }),
  QuantConv2DTranspose: (options) => new QuantConv2DTranspose({ filters: 4, kernelSize: 3, ...options }),
  QuantDepthwiseConv2D: (options) => new QuantDepthwiseConv2D({ kernelSize: 3, ...options }),
  QuantDense: (options) => new QuantDense({ units: 4, ...options }),
  InputScale: (options) => new InputScale({ kernelSize: 3, ...options }),
  LeakyClip: (options) => new LeakyClip(options),
  LearnedScale: (options) => new LearnedScale(options),
  Maxout: (options) => new Maxout(options),
  RPReLU: (options) => new RPReLU(options),
  ScaledSum: (options) => new ScaledSum(options),
  SoftGate: (options) => new SoftGate(options),
}

const quantized = ['QuantConv2D', 'QuantConv2DTranspose', 'QuantDepthwiseConv2D', 'QuantDense']
const windowed = quantized.slice(0, 3)
const all = Object.keys(LAYERS)

/** Refused options, the layers that refuse them, and the messages. */
const REFUSED: readonly (readonly [layers: readonly string[], options: Options, message: RegExp])[] = [
  [all, { trainabel: false }, /no option 'trainabel'.*Did you mean 'trainable'\?/],
  [all, { trainable: 1 }, /'trainable'.*true or false, received 1/],
  [all, { dtype: 'int32' }, /'dtype'.*'float32', received "int32"/],
  [quantized, { inputQuantizer: 'ste-sign' }, /'inputQuantizer'.*no registry.*quantizer\('ste-sign'\)/],
  [quantized, { kernelQuantizer: { name: 'ste-sign' } }, /'kernelQuantizer'.*quantizer\('ste-sign'\)/],
  [quantized, { kernelQuantizer: { plugin: {}, options: {} } }, /'kernelQuantizer'.*a quantizer/],
  [quantized, { inputQuantizer: magnitudeAwareSign }, /cannot quantize the activation/],
  [quantized, { inputQuantizer: { plugin: steSign, options: { clop: 1 } } }, /no option 'clop'/],
  [quantized, { latentClip: -1 }, /'latentClip'.*at least 0, received -1/],
  [quantized, { latentClip: Number.NaN }, /'latentClip'.*received NaN/],
  [quantized, { useBias: 'yes' }, /'useBias'.*true or false/],
  [quantized, { activation: 'rleu' }, /'activation'.*Did you mean 'relu'\?/],
  [quantized, { kernelInitializer: 'glorot' }, /no initializer named 'glorot'/],
  [quantized, { kernelInitializer: 'heNormall' }, /Did you mean 'heNormal'\?/],
  [quantized, { kernelInitializer: 'constant' }, /'kernelInitializer'.*tf\.initializers\.constant/],
  [quantized, { kernelRegularizer: 0.1 }, /'kernelRegularizer'.*a function of tf\.regularizers, received 0\.1/],
  [quantized, { biasConstraint: 'maxNrom' }, /Did you mean 'maxNorm'\?/],
  [quantized, { activityRegularizer: 'l2' }, /no option 'activityRegularizer'/],
  [windowed, { stride: 2 }, /Did you mean 'strides'\?/],
  [windowed, { strides: 0 }, /'strides'.*from 1.*received 0/],
  [windowed, { strides: [1, 2, 3] }, /'strides'.*received \[1,2,3\]/],
  [windowed, { strides: 1.5 }, /'strides'.*received 1\.5/],
  [windowed, { kernelSize: -3 }, /'kernelSize'.*received -3/],
  [windowed, { kernelSize: '3' }, /'kernelSize'.*received "3"/],
  [windowed, { padding: 'SAME' }, /'padding'.*'same' or 'valid'/],
  [windowed, { dataFormat: 'channelsFirst' }, /'dataFormat'.*'channelsLast'/],
  [['QuantConv2D', 'QuantConv2DTranspose'], { filters: 0 }, /'filters'.*received 0/],
  [['QuantConv2D', 'QuantConv2DTranspose'], { filters: undefined }, /'filters'.*received nothing/],
  [['QuantConv2D', 'QuantDepthwiseConv2D'], { paddingValue: 1 }, /'paddingValue'.*'zero' or 'one' or 'minus-one', received 1/],
  [['QuantConv2D', 'QuantDepthwiseConv2D'], { padValues: 1 }, /Did you mean 'paddingValue'\?/],
  [['QuantConv2D', 'QuantDepthwiseConv2D'], { dilation: 2 }, /Did you mean 'dilationRate'\?/],
  [['QuantConv2D', 'QuantDepthwiseConv2D'], { strides: 2, dilationRate: 2 }, /both strides and dilation/],
  [['QuantConv2D'], { groups: 3 }, /divide its filters.*multiple of 3, received 4/],
  [['QuantConv2DTranspose'], { dilationRate: 2 }, /no option 'dilationRate'/],
  [['QuantDepthwiseConv2D'], { depthMultiplier: 0 }, /'depthMultiplier'.*received 0/],
  [['QuantDepthwiseConv2D'], { depthwiseQuantizer: sign }, /Did you mean 'kernelQuantizer'\?/],
  [['QuantDense'], { units: -1 }, /'units'.*received -1/],
  [['QuantDense'], { filters: 3 }, /no option 'filters'/],
  [['InputScale'], { kernelSize: 0 }, /'kernelSize'/],
  [['InputScale'], { dilation: 2 }, /Did you mean 'dilationRate'\?/],
  [['LeakyClip'], { slope: Number.NaN }, /'slope'/],
  [['LearnedScale'], { extent: 'rows' }, /'extent'.*'channel' or/],
  [['RPReLU'], { initialSlope: 'steep' }, /'initialSlope'/],
  [['RPReLU'], { betaInitializer: 'one' }, /Did you mean 'ones'\?/],
]

const refusals = REFUSED.flatMap(([layers, options, message]) => layers.map((layer) => ({ layer, options, message })))

test.each(refusals)('$layer refuses $options', ({ layer, options, message }) => {
  expect(() => LAYERS[layer](options)).toThrow(message)
  expect(() => LAYERS[layer](options)).toThrow(OptionError)
})

test.each([
  [() => new QuantConv2D({ filters: 4, kernelSize: 3 }).build([null, 8, 3]), /does not fit its input.*\[open, 8, 3\]/],
  [() => new QuantConv2D({ filters: 4, kernelSize: 3 }).build([null, 8, 8, null]), /the channels known.*8, open\]/],
  [() => new QuantConv2D({ filters: 4, kernelSize: 3, groups: 2 }).build([null, 8, 8, 3]), /divide its input channels/],
  [() => new QuantDense({ units: 4 }).build([null]), /does not fit its input/],
  [() => new SoftGate().build([[1], [1], [1]]), /a list of 2 inputs, received 3/],
  [() => new InputScale({ kernelSize: 3 }).build([null, 8, 8, 3]), /a list of 2 inputs, received 1/],
  [() => new ScaledSum().build([[1]]), /at least 2 inputs, received 1/],
  [
    () =>
      new SoftGate().build([
        [null, 2, 2, 3],
        [null, 3],
      ]),
    /inputs of different shapes.*all of \[open, 2, 2, 3\], received \[open, 3\]/,
  ],
  [
    () =>
      new ScaledSum().build([
        [null, 3],
        [null, 1],
      ]),
    /different shapes/,
  ],
  [() => new LearnedScale({ extent: 'channel-height-width' }).build([null, 8]), /image of known size.*\[open, 8\]/],
])('a layer refuses inputs that it cannot take: %#', (build, message) => {
  expect(build).toThrow(message)
  expect(build).toThrow(OptionError)
})

test.each(quantized)('%s refuses a call on another number of channels', (name) => {
  const layer = LAYERS[name]()
  layer.apply(tf.ones([1, 4, 4, 3]))
  expect(() => layer.apply(tf.ones([1, 4, 4, 6]))).toThrow(/expected axis -1 .* to have value 3/)
})

test('freeze refuses an option that it does not have', () => {
  const input = tf.input({ shape: [4] })
  const model = tf.model({ inputs: input, outputs: tf.layers.reLU().apply(input) as tf.SymbolicTensor })
  expect(() => freeze(model, { metdata: {} } as never)).toThrow(/freeze\(\) has no option 'metdata'.*Did you mean 'metadata'\?/)
})

async function reloaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let artifacts: tf.io.ModelArtifacts | undefined
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  const modelTopology = JSON.parse(JSON.stringify(artifacts!.modelTopology))
  return tf.loadLayersModel(tf.io.fromMemory({ ...artifacts, modelTopology }))
}

describe('options that Keras users expect', () => {
  const both = { inputQuantizer: sign, kernelQuantizer: registry.quantizer('magnitude-aware-sign') }

  test('a quantizer may be passed as an object, with its defaults', () => {
    const layer = new QuantDense({ units: 2, inputQuantizer: steSign, kernelQuantizer: null })
    expect(layer.quantizer('activation')).toEqual(sign)
    expect(layer.quantizer('weight')).toBeUndefined()
  })

  test('inputShape and batchInputShape begin a sequential model, which comes back from a file', async () => {
    for (const shape of [{ inputShape: [6, 6, 2] }, { batchInputShape: [null, 6, 6, 2] }]) {
      const model = tf.sequential()
      model.add(new QuantConv2D({ filters: 4, kernelSize: 3, groups: 2, activation: 'relu', ...both, ...shape }))
      model.add(new QuantDepthwiseConv2D({ kernelSize: 3, depthMultiplier: 2, strides: 2, ...both }))
      model.add(new QuantConv2DTranspose({ filters: 3, kernelSize: [2, 3], strides: [2, 1], padding: 'valid', ...both }))
      model.add(new RPReLU({ gammaInitializer: 'ones' }))
      const loaded = await reloaded(model)
      expect(loaded.layers.map((layer) => layer.getConfig())).toEqual(model.layers.map((layer) => layer.getConfig()))
      const x = tf.randomNormal([2, 6, 6, 2])
      expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync())
    }
  })

  test.each([
    ['a name', 'ones'],
    ['a name as Keras writes it', 'Ones'],
    ['an object', tf.initializers.ones()],
    ['a saved object', { className: 'Ones', config: {} }],
  ])('initializers are accepted as %s', (_, kernelInitializer) => {
    const layer = new QuantDense({
      units: 2,
      useBias: true,
      kernelInitializer,
      biasInitializer: tf.initializers.constant({ value: 3 }),
    })
    layer.build([null, 2])
    expect(layer.getWeights().map((weight) => [...weight.dataSync()])).toEqual([
      [1, 1, 1, 1],
      [3, 3],
    ])
  })

  test('float layers use their initializers', () => {
    const told = { gammaInitializer: 'ones', betaInitializer: tf.initializers.constant({ value: 2 }) }
    const layer = new RPReLU(told)
    layer.build([null, 1])
    expect(layer.getWeights().map((weight) => weight.dataSync()[0])).toEqual([1, 2, 0])
    const scale = new LearnedScale({ channelInitializer: 'zeros' })
    scale.build([null, 2, 2, 1])
    expect(scale.getWeights()[0].dataSync()[0]).toBe(0)
  })

  test('weights begin with the values of `weights`', () => {
    const weights = [tf.tensor2d([5, 6], [1, 2])]
    const layer = new QuantDense({ units: 2, weights })
    layer.apply(tf.ones([1, 1]))
    expect([...layer.getWeights()[0].dataSync()]).toEqual([5, 6])
  })

  test('a regularizer is in the loss of fit, and moves the weights', async () => {
    const layer = new QuantDense({
      units: 1,
      inputShape: [1],
      useBias: true,
      kernelInitializer: 'ones',
      biasInitializer: 'ones',
      kernelRegularizer: tf.regularizers.l2({ l2: 0.25 }),
      biasRegularizer: tf.regularizers.l1({ l1: 0.5 }),
    })
    const model = tf.sequential({ layers: [layer] })
    model.compile({ optimizer: tf.train.sgd(1), loss: 'meanSquaredError' })
    // The prediction is the target, so the penalties are all of the loss: 0.25 + 0.5.
    const history = await model.fit(tf.zeros([1, 1]), tf.ones([1, 1]), { epochs: 1, verbose: 0 })
    expect(history.history.loss[0]).toBeCloseTo(0.75, 6)
    expect(layer.getWeights().map((weight) => weight.dataSync()[0])).toEqual([0.5, 0.5])
  })

  test('a constraint acts when weights are set, and after each step of the trainer', () => {
    for (const options of [{ ...both }, { ...both, latentClip: 0 }, {}]) {
      const layer = new QuantDense({
        ...options,
        units: 1,
        useBias: true,
        kernelConstraint: 'nonNeg',
        biasConstraint: tf.constraints.nonNeg(),
      })
      layer.build([null, 2])
      const values = (): number[] => layer.getWeights().flatMap((weight) => [...weight.dataSync()])
      layer.setWeights([tf.tensor2d([-0.5, 0.5], [2, 1]), tf.tensor1d([-1])])
      expect(values().map(Math.abs)).toEqual([0, 0.5, 0])
      const [kernel, bias] = layer.weights.map((weight) => weight.read() as tf.Variable)
      kernel.assign(tf.tensor2d([-0.25, 0.25], [2, 1]))
      bias.assign(tf.tensor1d([-2]))
      layer.clipLatentWeights()
      expect(values().map(Math.abs)).toEqual([0, 0.25, 0])
    }
  })

  test('without a quantizer of the kernel there are no latent weights to clip', () => {
    const layer = new QuantDense({ units: 1, inputQuantizer: sign, latentClip: 0.5 })
    layer.build([null, 2])
    layer.setWeights([tf.tensor2d([3, -3], [2, 1])])
    layer.clipLatentWeights()
    expect(layer.latentWeights).toBeUndefined()
    expect([...layer.getWeights()[0].dataSync()]).toEqual([3, -3])
  })

  test('trainable: false leaves nothing to train', () => {
    const layer = new QuantDense({ units: 1, trainable: false, ...both })
    layer.build([null, 2])
    expect(layer.trainableWeights).toEqual([])
    expect(layer.weights).toHaveLength(1)
  })

  test('an activation follows the bias', () => {
    const weights = [tf.tensor2d([1, -1], [1, 2]), tf.tensor1d([0.5, 0.5])]
    const layer = new QuantDense({ units: 2, useBias: true, activation: 'relu', weights })
    expect([...(layer.apply(tf.tensor2d([[1]])) as tf.Tensor).dataSync()]).toEqual([1.5, 0])
  })

  test('the trainer initializes weights from the same initializers, with seeds', () => {
    const layer = new QuantDense({
      units: 3,
      ...both,
      kernelInitializer: tf.initializers.randomUniform({ minval: 2, maxval: 3 }),
    })
    layer.build([null, 4])
    const draw = (seed: number): number[] => [...layer.weightInitializer('kernel', seed).apply([4, 3]).dataSync()]
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    expect(Math.min(...draw(1))).toBeGreaterThanOrEqual(2)
    class Own extends (Object.getPrototypeOf(Object.getPrototypeOf(tf.initializers.ones())).constructor as new () => object) {
      static readonly className = 'Own'
      getClassName = (): string => 'Own'
      getConfig = (): object => ({})
      apply = (shape: number[]): tf.Tensor => tf.fill(shape, 7)
    }
    const own = new QuantDense({ units: 1, kernelInitializer: new Own() as never })
    own.build([null, 1])
    expect(own.getWeights()[0].dataSync()[0]).toBe(7)
    expect(own.weightInitializer('kernel', 1).apply([1]).dataSync()[0]).toBe(7)
  })
})
