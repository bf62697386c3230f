/** The suite of blocks: shapes, names, gradients, saving and freezing, binary and real. */
import {
  type Block,
  type BlockContext,
  checkArgument,
  checkOptions,
  completeOptions,
  createRegistry,
  reference,
  rules,
  type ValueRules,
} from '@onebit/core'
import { freeze, quantizedLayers, registerLayers } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { type ConformanceCase, registerCases, type TestFunction } from '../conformance-case.ts'
import { attempt, repeatable, require } from '../conformance-error.ts'
import { plainSign } from '../plain-sign.ts'
import { defaultSeed, Random } from '../random/random.ts'

export interface BlockSuiteOptions {
  /** Your runner's `test(name, run)`. */
  test: TestFunction
  /** Further options to test, in addition to the defaults. */
  variants?: readonly Readonly<Record<string, number | boolean | string>>[]
  /** Number of input channels. Output channels are as many, and twice as many. Default 8. */
  channels?: number
  seed?: number
}

const BLOCK = rules.object({ kind: rules.oneOf(['block']), name: rules.text, apply: rules.callback })
const OPTIONS: ValueRules<Exclude<keyof BlockSuiteOptions, 'test'>> = {
  variants: rules.list(rules.record(rules.anything)),
  channels: rules.integer({ minimum: 1 }),
  seed: rules.number(),
}

const SIZE = 7
const BATCH = 2

interface Place {
  readonly strides: number
  readonly filters: number
  readonly dilation: number
  readonly padding?: BlockContext['padding']
}

export function blockCases(block: Block, options: Omit<BlockSuiteOptions, 'test'> = {}): ConformanceCase[] {
  checkArgument('blockCases()', 'block', block, BLOCK)
  const { channels = 8, seed = defaultSeed(), variants = [] } = checkOptions('blockCases()', options, OPTIONS)
  const places: Place[] = [
    { strides: 1, filters: channels, dilation: 1 },
    { strides: 2, filters: 2 * channels, dilation: 1 },
    { strides: 1, filters: channels, dilation: 2 },
  ]
  const symmetric: Place = { strides: 2, filters: 2 * channels, dilation: 1, padding: 'symmetric' }
  return [{}, ...variants].flatMap((given, index) =>
    [...places, ...(index === 0 ? [symmetric] : [])].flatMap((place) => {
      const title = [block.name, JSON.stringify(place), Object.keys(given).length > 0 && JSON.stringify(given)]
        .filter(Boolean)
        .join(' ')
      const build = (binary: boolean): tfl.LayersModel => {
        const quantizers = binary ? { activation: plainSign, weight: plainSign } : {}
        const context: BlockContext = { name: 'tested', ...place, ...quantizers }
        const input = tfl.input({ shape: [SIZE, SIZE, channels], name: 'image' })
        const [output] = block.apply([input], completeOptions(block, given), context)
        return tfl.model({ inputs: input, outputs: output })
      }
      const item = (name: string, run: (random: Random) => Promise<void>): ConformanceCase => ({
        name: `${title}: ${name}`,
        run: () => repeatable(seed, () => run(new Random(seed))),
      })
      const draw = (random: Random): Float32Array =>
        Float32Array.from({ length: BATCH * SIZE * SIZE * channels }, () => random.normal())
      const predict = (model: tfl.LayersModel, image: Float32Array): Float32Array =>
        tf.tidy(() => (model.predict(tf.tensor(image, [BATCH, SIZE, SIZE, channels])) as tf.Tensor).dataSync() as Float32Array)

      return [
        item('has the shape of its place, binary and real', async () => {
          for (const binary of [true, false]) {
            const model = await attempt(`It does not build ${binary ? 'with' : 'without'} quantizers.`, () => build(binary))
            const expected = [Math.ceil(SIZE / place.strides), Math.ceil(SIZE / place.strides), place.filters]
            const shape = model.outputs[0].shape.slice(1)
            require(shape.join() === expected.join(), () => ({
              what: 'The output has another shape.',
              expected: `[${expected.join(', ')}]`,
              received: `[${shape.join(', ')}]`,
            }))
            model.dispose()
          }
        }),
        item('names its layers after itself and counts its convolutions', async () => {
          const model = build(true)
          const stranger = model.layers.find(({ name }) => name !== 'image' && !name.startsWith('tested'))
          require(stranger === undefined, () => ({
            what: `The layer '${stranger!.name}' does not carry the block's name.`,
            expected: "names that begin with the context's `name`",
          }))
          const count = quantizedLayers(model).length
          require(count >= block.convolutions && block.convolutions > 0, () => ({
            what: 'It has fewer quantized layers than it says.',
            expected: `at least ${block.convolutions}`,
            received: `${count}`,
          }))
          model.dispose()
        }),
        // TensorFlow.js has no gradient of a dilated convolution.
        ...(place.dilation > 1
          ? []
          : [
              item('every trainable weight receives a gradient', async (random) => {
                const model = build(true)
                const image = tf.tensor(draw(random), [BATCH, SIZE, SIZE, channels])
                const target = tf.tidy(() =>
                  tf.randomNormal([BATCH, ...(model.outputs[0].shape.slice(1) as number[])], 0, 1, 'float32', 1 + seed),
                )
                const { grads } = await attempt('Backpropagation through it fails.', () =>
                  tf.tidy(() =>
                    tf.variableGrads(
                      () => tf.mean(tf.square(tf.sub(model.apply(image, { training: true }) as tf.Tensor, target))) as tf.Scalar,
                    ),
                  ),
                )
                for (const weight of model.trainableWeights as unknown as { name: string; val: tf.Variable }[]) {
                  const gradient = grads[weight.val.name]?.dataSync()
                  require(gradient?.every(Number.isFinite) && gradient.some((value) => value !== 0), () => ({
                    what: `The weight '${weight.name}' receives no gradient.`,
                    expected: 'finite numbers, not all 0',
                  }))
                }
                tf.dispose([image, target, ...Object.values(grads)])
                model.dispose()
              }),
            ]),
        item('saves, loads, and freezes to what it computes', async (random) => {
          const model = build(true)
          const image = draw(random)
          const expected = predict(model, image)
          let artifacts: tf.io.ModelArtifacts | undefined
          await attempt('A model of it does not save.', () =>
            model.save(
              tf.io.withSaveHandler(async (saved) => {
                artifacts = saved
                return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
              }),
            ),
          )
          registerLayers(createRegistry([plainSign.plugin]))
          const loaded = await attempt('A model of it does not load.', () => tfl.loadLayersModel(tf.io.fromMemory(artifacts!)))
          const restored = predict(loaded, image)
          require(restored.every((value, index) => value === expected[index]), () => ({
            what: 'A loaded model computes something else.',
          }))
          const { graph } = await attempt('It does not freeze.', () => freeze(model))
          const executable = await reference.compile(graph)
          const [frozen] = Object.values(await executable.run({ image }))
          const place = expected.findIndex((value, index) => !(Math.abs(value - frozen[index]) <= 1e-3 * (1 + Math.abs(value))))
          require(place < 0, () => ({
            what: 'Frozen, it computes something else.',
            expected: `${expected[place]} at ${place}`,
            received: `${frozen[place]}`,
          }))
          model.dispose()
          loaded.dispose()
        }),
        item('leaves no tensor behind', async (random) => {
          const model = build(true)
          const image = draw(random)
          predict(model, image)
          const before = tf.memory().numTensors
          for (let call = 0; call < 2; call++) predict(model, image)
          const left = tf.memory().numTensors - before
          require(left === 0, () => ({ what: `Two predictions leave ${left} tensors behind.`, expected: 'none' }))
          model.dispose()
        }),
      ]
    }),
  )
}

/** Registers the suite with your runner: `testBlock(myBlock, { test })`. Layers of your own must be registered with TensorFlow.js. */
export function testBlock(block: Block, options: BlockSuiteOptions): void {
  const { test, ...suite } = checkOptions('testBlock()', options, { ...OPTIONS, test: rules.callback }, ['test'])
  registerCases(blockCases(block, suite), test)
}
