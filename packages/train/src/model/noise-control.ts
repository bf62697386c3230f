/**
 * Seeds the layers of TensorFlow.js that draw at random: a dropout's mask is a function of the run's seed, the layer, and the step, so
 * that a resumed run drops what the uninterrupted one dropped.
 */
import type { LayersModel, layers } from '@tensorflow/tfjs-layers'
import { seedFor } from '../seeds.ts'
import { namedLayers } from './named-weights.ts'

/** What TensorFlow.js declares private in `tf.layers.dropout`. */
interface Dropout extends layers.Layer {
  seed?: number
}

interface Controlled {
  readonly path: string
  readonly layer: Dropout
  /** The seed it was made with. */
  readonly own?: number
}

/** Layers whose noise takes no seed. */
const UNSEEDED = ['GaussianNoise', 'GaussianDropout', 'AlphaDropout']

/** Paths of layers that draw differently every time, whatever the seed. */
export function unseededLayers(model: LayersModel): string[] {
  return namedLayers(model).flatMap(({ path, layer }) => (UNSEEDED.includes(layer.getClassName()) ? [path] : []))
}

export class NoiseControl {
  readonly #layers: readonly Controlled[]
  readonly #seed: number
  readonly #replica: number

  /** @param replica Which part of the batch this model sees; parts draw independently. */
  constructor(model: LayersModel, seed: number, replica = 0) {
    this.#seed = seed
    this.#replica = replica
    this.#layers = namedLayers(model)
      .filter(({ layer }) => ['Dropout', 'SpatialDropout1D'].includes(layer.getClassName()))
      .map(({ path, layer }) => ({ path, layer, own: (layer as Dropout).seed }))
  }

  /** Steps done in the run, before the one that draws. */
  set step(step: number) {
    for (const { path, layer } of this.#layers) layer.seed = seedFor(this.#seed, 'dropout', path, step, this.#replica)
  }

  /** Gives the layers their own seeds back. */
  release(): void {
    for (const { layer, own } of this.#layers) layer.seed = own
  }
}
