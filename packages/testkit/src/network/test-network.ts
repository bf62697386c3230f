/** The suite of networks: features, names, quantizers, output stride and freezing. */
import {
  type AnyOptions,
  type Backbone,
  type Block,
  type Configured,
  checkArgument,
  checkOptions,
  completeOptions,
  createRegistry,
  type Network,
  reference,
  rules,
  type ValueRules,
} from '@onebit/core'
import { freeze } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { type ConformanceCase, registerCases, type TestFunction } from '../conformance-case.ts'
import { attempt, repeatable, require } from '../conformance-error.ts'
import { plainSign } from '../plain-sign.ts'
import { defaultSeed, Random } from '../random/random.ts'
import { plainBlock } from './plain-block.ts'

export interface NetworkSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /** Options of every case, such as a small width. Default: none. */
  options?: AnyOptions
  /** Further options to test, on top of `options`. */
  variants?: readonly AnyOptions[]
  /** `[height, width, channels]`. The total stride of the network divides the sides. Default: 32 x 32 x 3. */
  input?: readonly [number, number, number]
  /** Default: one 1-bit convolution with a BatchNorm. */
  block?: Configured<Block>
  seed?: number
}

const { anything, callback, integer, list, object, oneOf, record, text } = rules
const NETWORK = object({ kind: oneOf(['network']), name: text, options: record(anything), build: callback })
const OPTIONS: ValueRules<Exclude<keyof NetworkSuiteOptions, 'test'>> = {
  options: record(anything),
  variants: list(record(anything)),
  input: list(integer({ minimum: 1 }), { length: 3 }),
  block: object({ plugin: object({ name: text }), options: record(anything) }),
  seed: rules.number(),
}

type Built = { readonly backbone: Backbone; readonly model: tfl.LayersModel }

const sidesOf = (tensor: tfl.SymbolicTensor): readonly number[] => tensor.shape.slice(1, 3) as number[]

/** Nodes of the frozen graph that output or read bits. */
const bitsOf = (model: tfl.LayersModel): readonly string[] =>
  freeze(model)
    .graph.nodes.filter(({ op }) => op === 'threshold' || op.startsWith('binary'))
    .map(({ name }) => name)

/** Names and shapes of all weights. */
const weightsOf = (model: tfl.LayersModel): string =>
  model.weights.map(({ originalName, shape }) => `${originalName} [${shape}]`).join('\n')

export function networkCases(network: Network, suite: Omit<NetworkSuiteOptions, 'test'> = {}): ConformanceCase[] {
  checkArgument('networkCases()', 'network', network, NETWORK)
  const given = checkOptions('networkCases()', suite, OPTIONS)
  const { options = {}, variants = [], input = [32, 32, 3], block = plainBlock, seed = defaultSeed() } = given

  const build = (given: AnyOptions, quantized = true): Built => {
    const quantizers = quantized ? { activation: plainSign, weight: plainSign } : {}
    const backbone = network.build(completeOptions(network, given), { input, block, ...quantizers })
    return { backbone, model: tfl.model({ inputs: backbone.input, outputs: backbone.output }) }
  }
  const withModel = async (given: AnyOptions, run: (built: Built) => void | Promise<void>, quantized = true): Promise<void> => {
    const before = tf.memory().numTensors
    const built = await attempt(`It does not build ${quantized ? 'with' : 'without'} quantizers.`, () => build(given, quantized))
    await run(built)
    built.model.dispose()
    const left = tf.memory().numTensors - before
    require(left === 0, () => ({ what: `A model that was built and disposed leaves ${left} tensors behind.`, expected: 'none' }))
  }

  const frozenAgrees = async (given: AnyOptions, random: Random): Promise<void> => {
    await withModel(given, async ({ model }) => {
      const image = Float32Array.from({ length: input.reduce((product, side) => product * side, 1) }, () => random.normal())
      const expected = tf.tidy(() => (model.predict(tf.tensor(image, [1, ...input])) as tf.Tensor).dataSync())
      const { graph } = await attempt('It does not freeze.', () => freeze(model))
      const [frozen] = Object.values(await (await reference.compile(graph)).run({ image }))
      const place = expected.findIndex((value, index) => !(Math.abs(value - frozen[index]) <= 1e-3 * (1 + Math.abs(value))))
      require(place < 0, () => ({
        what: 'Frozen, it computes something else.',
        expected: `${expected[place]} at ${place}`,
        received: `${frozen[place]}`,
      }))
    })
  }

  const own = [options, ...variants.map((variant) => ({ ...options, ...variant }))].flatMap((given): ConformanceCase[] => {
    const title = JSON.stringify(given)
    const item = (name: string, run: (random: Random) => Promise<void>): ConformanceCase => ({
      name: `${network.name} ${title}: ${name}`,
      run: () => repeatable(seed, () => run(new Random(seed))),
    })
    return [
      item('takes pictures, and gives features in order of depth', () =>
        withModel(given, ({ backbone }) => {
          const { features, input: image } = backbone
          require(image.shape.slice(1).join() === input.join() && image.sourceLayer.name === 'image', () => ({
            what: 'The input does not have the requested name and shape.',
            expected: `'image' of [${input}]`,
            received: `'${image.sourceLayer.name}' of [${image.shape.slice(1)}]`,
          }))
          const names = Object.keys(features)
          require(names.includes('stage1'), () => ({
            what: 'Its features have other names than those of other networks.',
            expected: 'stage1, stage2, ..., and stage1.block1 where there are blocks',
            received: names.join(', ') || 'none',
          }))
          let last: readonly number[] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
          for (const [name, feature] of Object.entries(features)) {
            const sides = sidesOf(feature)
            require(sides.length === 2 && sides.every((side, axis) => side <= last[axis]), () => ({
              what: `The feature '${name}' is larger than the one before.`,
              expected: `at most ${last.join(' x ')}`,
              received: sides.join(' x '),
            }))
            last = sides
          }
        }),
      ),
      item('names its layers alike each time', () =>
        withModel(given, ({ model }) => {
          const again = build(given).model
          const [first, second] = [weightsOf(model), weightsOf(again)]
          again.dispose()
          require(first === second, () => ({
            what: 'Built twice, its weights have different names: those of a saved model would not fit.',
            fix: 'Name every layer.',
          }))
        }),
      ),
      item('hands quantizers to its blocks, or none', async () => {
        await withModel(given, ({ model }) => {
          require(bitsOf(model).length > 0, () => ({
            what: 'With quantizers, nothing in it is quantized.',
            fix: "Hand 'activation' and 'weight' of the context to the blocks.",
          }))
        })
        await withModel(
          given,
          ({ model }) => {
            const bits = bitsOf(model)
            require(bits.length === 0, () => ({
              what: 'Without quantizers, something in it is quantized.',
              received: bits.join(', '),
            }))
          },
          false,
        )
      }),
      item('freezes to what it computes', (random) => frozenAgrees(given, random)),
    ]
  })

  return [
    {
      name: `${network.name}: is a network that a registry finds by name`,
      async run() {
        const found = await attempt('A registry refuses the plugin.', () =>
          createRegistry([network]).resolve('network', { name: network.name, ...options }),
        )
        require(found.plugin === network && network.kind === 'network', () => ({
          what: 'The plugin is no network.',
          expected: 'what defineNetwork returns',
        }))
      },
    },
    ...own,
    ...strideCases(),
  ]

  /** For networks with the option `outputStride`: dilation replaces strides, and no weight changes. */
  function strideCases(): ConformanceCase[] {
    const rule = network.options.outputStride
    if (!rule || !('values' in rule)) return []
    return rule.values.map((outputStride) => ({
      name: `${network.name} ${JSON.stringify({ ...options, outputStride })}: keeps its maps large, and its weights`,
      run: () =>
        repeatable(seed, async () => {
          const given = { ...options, outputStride }
          let usual = ''
          let natural: readonly number[] = []
          await withModel(options, ({ model, backbone }) => {
            usual = weightsOf(model)
            natural = sidesOf(backbone.output)
          })
          await withModel(given, ({ model, backbone }) => {
            const sides = sidesOf(backbone.output)
            const expected = natural.map((side, axis) => Math.max(side, Math.ceil(input[axis] / Number(outputStride))))
            require(sides.join() === expected.join(), () => ({
              what: `An output stride of ${outputStride} is not kept.`,
              expected: expected.join(' x '),
              received: sides.join(' x '),
            }))
            require(weightsOf(model) === usual, () => ({
              what: `With an output stride of ${outputStride} it has other weights: pretrained ones would not fit.`,
              fix: 'Put dilation in the place of strides, and change nothing else.',
            }))
          })
          await frozenAgrees(given, new Random(seed))
        }),
    }))
  }
}

/** Registers the suite with your runner: `testNetwork(myNetwork, { test, options: { width: 8 } })`. */
export function testNetwork(network: Network, options: NetworkSuiteOptions): void {
  const { test, ...suite } = checkOptions('testNetwork()', options, { ...OPTIONS, test: callback }, ['test'])
  registerCases(networkCases(network, suite), test)
}
