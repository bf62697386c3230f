/**
 * Seeded initialization: every weight is drawn from its layer's own initializer. The seed combines the run's seed and the
 * weight's name, so that one seed gives one network, whatever the process composed before.
 */
import { checkArguments, rules } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { layersModel } from '../argument-rules.ts'
import { seedFor } from '../seeds.ts'
import { type InitialGroup, initialOf } from './initial-values.ts'
import { namedLayers, namedWeights } from './named-weights.ts'
import { kindOf } from './trained-weights.ts'

/** An initializer, as stored in a layer's configuration. */
interface InitializerConfig {
  readonly className: string
  readonly config: Record<string, unknown>
}

type Initializer = ReturnType<typeof tfl.initializers.zeros>

const factories: Readonly<Record<string, (config: never) => Initializer>> = {
  Zeros: tfl.initializers.zeros,
  Ones: tfl.initializers.ones,
  Constant: tfl.initializers.constant,
  RandomUniform: tfl.initializers.randomUniform,
  RandomNormal: tfl.initializers.randomNormal,
  TruncatedNormal: tfl.initializers.truncatedNormal,
  VarianceScaling: tfl.initializers.varianceScaling,
  Orthogonal: tfl.initializers.orthogonal,
  Identity: tfl.initializers.identity,
}

/** A layer that knows its own initializers: a quantized one, or one with weights that no seed decides. */
interface OwnInitializers {
  weightInitializer(weight: string, seed: number): Initializer
}

const hasOwnInitializers = (layer: tfl.layers.Layer): layer is tfl.layers.Layer & OwnInitializers => 'weightInitializer' in layer

/** `depthwise_kernel` -> `depthwiseInitializer`, `moving_mean` -> `movingMeanInitializer`, as TensorFlow.js names them. */
function configKey(weight: string): string {
  const stem = weight === 'kernel' ? weight : weight.replace(/_kernel$/, '')
  return `${stem.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())}Initializer`
}

function stockInitializer(layer: tfl.layers.Layer, weight: string, seed: number): Initializer | undefined {
  const saved = layer.getConfig()[configKey(weight)] as unknown as InitializerConfig | undefined
  const factory = saved && factories[saved.className]
  return factory?.({ ...saved!.config, seed } as never)
}

/**
 * Initializes all weights of a model again.
 * @param initial Replaces the initializers of some weights.
 * @returns the names of weights whose layer states no initializer. They keep their values.
 */
export function initializeWeights(model: tfl.LayersModel, seed: number, initial: readonly InitialGroup[] = []): string[] {
  checkArguments('initializeWeights()', {
    model: [model, layersModel],
    seed: [seed, rules.integer({ minimum: 0 })],
    initial: [initial, rules.list(rules.record(rules.anything))],
  })
  const layers = new Map(namedLayers(model).map(({ path, layer }) => [path, layer]))
  const unknown: string[] = []
  for (const [name, variable] of namedWeights(model)) {
    const at = name.lastIndexOf('/')
    const layer = layers.get(name.slice(0, at))!
    const weight = name.slice(at + 1)
    const weightSeed = seedFor(seed, 'initialize', name)
    const shape = variable.shape as number[]
    const own = () =>
      hasOwnInitializers(layer) ? layer.weightInitializer(weight, weightSeed) : stockInitializer(layer, weight, weightSeed)
    const initializer = initialOf(initial, { name, kind: kindOf(layer, weight) }, weightSeed) ?? own()
    if (initializer) tf.tidy(() => void variable.write(initializer.apply(shape, 'float32')))
    else unknown.push(name)
  }
  return unknown
}
