/** Every block with every pair of quantizers: it trains on both engines, freezes, and its graph gives the same bits on every backend. */
import '@tensorflow/tfjs-backend-wasm'
import { createRegistry, type Graph, type KernelBackend, reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import { freeze, quantizedLayers } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import { registerTrainingKernels } from '@onebit/tfjs-wasm-training'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import blocks from './index.ts'

const registry = createRegistry([blocks, quantizers])

beforeAll(async () => {
  await tf.setBackend('wasm')
  await registerTrainingKernels()
  await tf.setBackend('cpu')
})

/** Ways to run a graph. They differ in their kernels for 1-bit convolutions, in their instructions, or in their threads. */
const backends: Record<string, KernelBackend> = {
  'wasm, strict SIMD': wasm({ relaxedSimd: false }),
  'wasm, relaxed SIMD': wasm({ relaxedSimd: true }),
  'wasm, popcount': wasm({ binaryKernel: 'popcount' }),
  'wasm, two threads': wasm({ threads: 2 }),
}

interface Pair {
  readonly activation: string
  readonly weight: string
}

const pairs: readonly Pair[] = [
  { activation: 'ste-sign', weight: 'ste-sign' },
  { activation: 'approx-sign', weight: 'approx-sign' },
  { activation: 'approx-sign', weight: 'magnitude-aware-sign' },
  { activation: 'deciding-mlp-classifier', weight: 'deciding-mlp-classifier' },
]

type Reference = { name: string } & Record<string, unknown>

/** Every block, and every option that changes its layers. */
const references: readonly Reference[] = [
  { name: 'basic' },
  { name: 'basic', downsample: 'binary' },
  { name: 'xnor' },
  { name: 'xnor', downsample: 'binary', nonlinearity: 'relu', inputScale: false },
  { name: 'xnor', nonlinearity: 'prelu', inputScale: false },
  { name: 'xnor-plain', kernelSize: 5 },
  { name: 'bi-real' },
  { name: 'bi-real', downsample: 'padded' },
  { name: 'bi-real-bottleneck' },
  { name: 'binarizing-by-classification' },
  { name: 'ir-net' },
  { name: 'ir-net', downsample: 'padded' },
  { name: 'adabin' },
  { name: 'bnext' },
  { name: 'bnext', recoupling: false },
  { name: 'strong-baseline', scale: 'channel-height-width' },
  { name: 'real-to-binary' },
  { name: 'real-to-binary', scale: 'none', ratio: 4, downsample: 'binary' },
  { name: 'hierarchical' },
  { name: 'hierarchical', downsample: 'binary', prelu: false },
  { name: 'group-net', bases: 2 },
  { name: 'group-net', bases: 2, combination: 'learned', downsample: 'real', gates: false },
  { name: 'group-net', bases: 2, decomposition: 'layer' },
  { name: 'react' },
  { name: 'react', form: 'mobilenet' },
  { name: 'quicknet' },
  { name: 'quicknet-0-1' },
  { name: 'quicknet-0-1', padding: 'one' },
]

/** Two blocks, the first of which halves the image and doubles the channels. */
function modelOf(reference: Reference, pair: Partial<Pair> = {}): tf.LayersModel {
  const block = registry.resolve('block', reference)
  const input = tf.input({ shape: [8, 8, 8], name: 'image' })
  let values: readonly tf.SymbolicTensor[] = [input]
  for (const [index, strides] of [2, 1].entries()) {
    values = block.plugin.apply(values, block.options, {
      name: `block${index + 1}`,
      filters: 16,
      strides,
      dilation: 1,
      activation: pair.activation === undefined ? undefined : registry.resolve('quantizer', pair.activation),
      weight: pair.weight === undefined ? undefined : registry.resolve('quantizer', pair.weight),
    })
  }
  return tf.model({ inputs: input, outputs: values[0] })
}

/** Ranges of random weights of a perceptron; for a BatchNorm, in order, around one and around zero. */
const ranges: Record<string, readonly [number, number]> = {
  incoming: [0.5, 1.5],
  bias: [-1, 1],
  outgoing: [1 / 8, 3 / 8],
  shift: [-0.1, 0.1],
}

/** Gives every weight its own value, so that no sum of scaled signs meets a threshold that rounding alone decides. */
function scramble(model: tf.LayersModel): void {
  let seed = 1
  for (const layer of model.layers) {
    const isNorm = layer.getClassName() === 'BatchNormalization'
    layer.setWeights(
      layer.weights.map(({ shape, originalName }, index) => {
        const part = /quantizer_(\w+)$/.exec(originalName)?.[1] ?? ''
        const around = isNorm ? (index % 3 === 0 ? [0.5, 1.5] : [-0.5, 0.5]) : shape.length === 1 ? [0.1, 0.9] : [-0.5, 0.5]
        const [low, high] = ranges[part] ?? around
        return tf.randomUniform(shape as number[], low, high, 'float32', seed++)
      }),
    )
  }
}

const SHAPE: [number, number, number, number] = [2, 8, 8, 8]
const randomImage = (): tf.Tensor => tf.randomUniform(SHAPE, -1.5, 1.5, 'float32', 9)

async function run(graph: Graph, backend: KernelBackend): Promise<Float32Array> {
  const executable = await backend.compile(graph)
  const [output] = Object.values(await executable.run({ image: (await randomImage().data()) as Float32Array }))
  await executable.dispose()
  return Float32Array.from(output)
}

function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const scale = Math.max(...Array.from(expected, Math.abs))
  return Math.max(...Array.from(expected, (value, index) => Math.abs(value - actual[index]))) / scale
}

interface Step {
  readonly loss: number
  /** Names of the 1-bit layers, and of those whose latent weights moved. */
  readonly layers: readonly string[]
  readonly moved: readonly string[]
}

/** One step of gradient descent on an engine of TensorFlow.js. */
async function trainStep(reference: Reference, pair: Pair, engine: 'cpu' | 'wasm'): Promise<Step> {
  await tf.setBackend(engine)
  const model = modelOf(reference, pair)
  scramble(model)
  const layers = quantizedLayers(model).filter(({ latentWeights }) => latentWeights)
  const before = layers.map((layer) => layer.latentWeights!.dataSync().slice())
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' })
  const target = tf.randomUniform([2, ...(model.outputs[0].shape.slice(1) as number[])], -1, 1, 'float32', 3)
  const loss = (await model.trainOnBatch(randomImage(), target)) as number
  const moved = layers.filter((layer, index) => layer.latentWeights!.dataSync().some((value, i) => value !== before[index][i]))
  model.dispose()
  await tf.setBackend('cpu')
  return { loss, layers: layers.map(({ name }) => name), moved: moved.map(({ name }) => name) }
}

describe.each(references.map((reference) => [JSON.stringify(reference), reference] as const))('%s', (_, reference_) => {
  describe.each(pairs)('$activation, $weight', (pair) => {
    test('trains a step, on WebAssembly as on the plain engine', async () => {
      const plain = await trainStep(reference_, pair, 'cpu')
      expect(plain.loss).toBeGreaterThan(0)
      expect(plain.layers.length).toBeGreaterThan(0)
      expect(plain.moved).toEqual(plain.layers)
      const fast = await trainStep(reference_, pair, 'wasm')
      expect(fast.moved).toEqual(fast.layers)
      expect(fast.loss / plain.loss).toBeCloseTo(1, 4)
    })

    test('freezes to a graph that agrees with it, bit for bit on every backend', async () => {
      const model = modelOf(reference_, pair)
      scramble(model)
      const expected = (model.predict(randomImage()) as tf.Tensor).dataSync()
      const { graph } = freeze(model)
      model.dispose()
      const plain = await run(graph, reference)
      expect(difference(plain, expected)).toBeLessThan(2e-5)
      for (const [name, backend] of Object.entries(backends)) expect(await run(graph, backend), name).toEqual(plain)
      // A bottleneck reduces the network's first value with a real convolution.
      const real = reference_.name === 'bi-real-bottleneck' ? /shortcut|^block1\.conv1/ : /shortcut|scale|transition/
      expect(graph.nodes.filter(({ op }) => op === 'conv2d').every(({ name }) => real.test(name))).toBe(true)
    })
  })
})

describe('orders and options', () => {
  const opsOf = (reference: Reference, pair: Partial<Pair> = pairs[0]): string[] => {
    const { graph } = freeze(modelOf(reference, pair))
    return graph.nodes.map(({ op }) => op)
  }

  test('Bi-Real: sign, convolution, BatchNorm, its own shortcut', () => {
    const half = ['threshold', 'binaryConv2d', 'affine']
    const down = ['averagePool', 'conv2d', 'affine', 'add']
    expect(opsOf({ name: 'bi-real' })).toEqual([...half, ...down, ...half, 'add', ...half, 'add', ...half, 'add'])
  })

  test('Real-to-Binary: the gate reads what the sign reads', () => {
    const { graph } = freeze(modelOf({ name: 'real-to-binary' }, pairs[0]))
    const byName = new Map(graph.nodes.map((node) => [node.name, node]))
    const sign = byName.get('block1.conv1.sign')!
    expect(byName.get('block1.conv1.gated.mean')!.inputs).toEqual(sign.inputs)
    expect(byName.get(sign.inputs[0])!.op).toBe('affine')
    expect(byName.get('block1.conv1.prelu')!.inputs).toEqual(['block1.conv1.gated'])
  })

  test('Group-Net pads with ones, the others with zeros', () => {
    const paddings = (name: string): string[] => {
      const { graph } = freeze(modelOf({ name }, pairs[0]))
      const spatial = graph.nodes.filter((node) => node.op === 'binaryConv2d' && Math.max(...node.attributes.padding) > 0)
      return [...new Set(spatial.map((node) => (node.attributes as { paddingValue: string }).paddingValue))]
    }
    expect(paddings('group-net')).toEqual(['one'])
    for (const name of ['xnor', 'bi-real', 'real-to-binary', 'react', 'hierarchical', 'quicknet-0-1'])
      expect(paddings(name)).toEqual(['zero'])
  })

  test('Group-Net hands its bases to the next block, which gates them with one scalar', () => {
    const model = modelOf({ name: 'group-net', bases: 3 }, pairs[0])
    const gates = model.layers.filter((layer) => layer.getClassName() === 'SoftGate')
    expect(gates.map(({ name }) => name)).toEqual(['block2.gate'])
    expect(gates[0].countParams()).toBe(1)
    expect(gates[0].inboundNodes).toHaveLength(3)
    expect(model.layers.filter(({ name }) => name.endsWith('shortcut.conv'))).toHaveLength(1)
  })

  test('ReActNet doubles its channels by two 1x1 convolutions that read one shift and one sign', () => {
    const model = modelOf({ name: 'react', form: 'mobilenet' }, { activation: 'rsign', weight: 'ste-sign' })
    const mixing = model.getLayer('block1.conv2')
    expect(mixing.weights.map(({ shape }) => shape)).toEqual([[1, 1, 8, 16], [8]])
    const { graph } = freeze(model)
    expect(graph.nodes.filter(({ name, op }) => op === 'threshold' && name.startsWith('block1'))).toHaveLength(2)
    expect(() => registry.resolve('block', { name: 'react', form: 'other' })).toThrow(/form/)
  })

  test('Binarizing by Classification: one perceptron for both blocks, nothing of it in the graph', async () => {
    const model = modelOf({ name: 'binarizing-by-classification' }, { activation: 'approx-sign', weight: 'mlp-classifier' })
    const shared = model.layers.filter((layer) => layer.getClassName() === 'QuantizerVariables')
    expect(shared.map((layer) => layer.countParams())).toEqual([300])
    scramble(model)
    const expected = (model.predict(randomImage()) as tf.Tensor).dataSync()
    const { graph } = freeze(model)
    const half = ['threshold', 'binaryConv2d', 'affine']
    const down = ['averagePool', 'conv2d', 'affine']
    const ends = ['add', 'prelu']
    expect(graph.nodes.map(({ op }) => op)).toEqual([
      ...half,
      ...down,
      ...ends,
      ...[...Array(3)].flatMap(() => [...half, ...ends]),
    ])
    const plain = await run(graph, reference)
    expect(difference(plain, expected)).toBeLessThan(2e-5)
    for (const [name, backend] of Object.entries(backends)) expect(await run(graph, backend), name).toEqual(plain)
  })

  test('IR-Net: a clip after each sum; padded shortcuts have no parameters', () => {
    const half = ['threshold', 'binaryConv2d', 'affine', 'add', 'clip']
    const down = ['maxPool', 'constant', 'resize', 'constant', 'resize', 'concat']
    const ops = opsOf({ name: 'ir-net', downsample: 'padded' })
    expect(ops).toEqual([...half.slice(0, 3), ...down, ...half.slice(3), ...half, ...half, ...half])
  })

  test('AdaBin runs on bits between its two levels, with a Maxout after each sum', () => {
    const ops = opsOf({ name: 'adabin' }, { activation: 'adabin', weight: 'adabin' })
    // The bits themselves, and their sum under the window, for weights with uneven levels.
    expect(ops.filter((op) => op === 'binaryConv2d')).toHaveLength(8)
    expect(ops.filter((op) => op === 'activation')).toHaveLength(8)
  })

  test('the bottleneck hands its narrow value on, and begins with a real convolution', () => {
    const model = modelOf({ name: 'bi-real-bottleneck' }, pairs[0])
    const { graph } = freeze(model)
    const inputsOf = (name: string): readonly string[] => graph.nodes.find((node) => node.name === name)!.inputs
    expect(graph.nodes.find(({ op }) => op === 'conv2d')!.name).toMatch(/^block1\.conv1/)
    expect(inputsOf('block2.conv1.add')).toContain('block1.conv2.add')
    expect(graph.nodes.filter(({ op }) => op === 'binaryConv2d')).toHaveLength(5)
  })

  test('BNext: every other block attends, doubled paths have shifts of their own', () => {
    const names = modelOf({ name: 'bnext' }, { activation: 'rsign', weight: 'ste-sign' }).layers.map(({ name }) => name)
    expect(names).not.toContain('block1.conv1.attention')
    expect(names).toContain('block2.conv1.attention')
    const model = modelOf({ name: 'bnext' }, { activation: 'rsign', weight: 'ste-sign' })
    expect(model.getLayer('block1.conv2.path2').weights.map(({ shape }) => shape)).toEqual([[1, 1, 8, 8], [8]])
  })

  test('slopes and gates begin as the options say', () => {
    const model = modelOf({ name: 'real-to-binary', slope: 0, gateInitializer: 'glorot-uniform' })
    expect(model.getLayer('block1.conv1.prelu').getWeights()[0].dataSync()).toEqual(new Float32Array(16))
    const initializer = (of: tf.LayersModel): unknown => of.getLayer('block1.conv1.gated.excite').getConfig().kernelInitializer
    expect(initializer(model)).not.toEqual(initializer(modelOf({ name: 'real-to-binary' })))
    const bent = modelOf({ name: 'react', slope: 0.5 }).getLayer('block1.conv1.rprelu')
    expect(bent.getWeights()[1].dataSync()).toEqual(new Float32Array(16).fill(0.5))
  })

  test('without quantizers the basic block is the real one, with its ReLUs', () => {
    const ops = opsOf({ name: 'basic' }, {})
    expect(ops.filter((op) => op === 'activation')).toHaveLength(4)
    expect(ops).not.toContain('binaryConv2d')
  })

  test('widths that do not fit are refused with a way out', () => {
    const apply = (reference: Reference, filters: number) => () => {
      const block = registry.resolve('block', reference)
      const context = { name: 'odd', filters, strides: 1, dilation: 1 }
      return block.plugin.apply([tf.input({ shape: [8, 8, 8] })], block.options, context)
    }
    expect(apply({ name: 'hierarchical' }, 10)).toThrow(/multiple of 4/)
    expect(apply({ name: 'react', form: 'mobilenet' }, 12)).toThrow(/multiple of 8/)
    expect(apply({ name: 'quicknet-0-1' }, 24)).toThrow(/8 or 16/)
  })
})
