/**
 * Seeds the random layers of TensorFlow.js. The mask of a dropout depends only on the run's seed, the layer and the step, so that
 * a resumed run drops the same values as an uninterrupted one.
 */
import type { LayersModel, layers } from '@tensorflow/tfjs-layers'
import { seedFor } from '../seeds.ts'
import { namedLayers } from './named-weights.ts'

/** The parts of `tf.layers.dropout` that TensorFlow.js declares private. */
interface Dropout extends layers.Layer {
  seed?: number
}

interface Controlled {
  readonly path: string
  readonly layer: Dropout
  /** The layer's original seed. */
  readonly own?: number
}

/** Layers whose noise takes no seed. */
const UNSEEDED = ['GaussianNoise', 'GaussianDropout', 'AlphaDropout']

/** Paths of layers that draw different noise every time, whatever the seed. */
export function unseededLayers(model: LayersModel): string[] {
  return namedLayers(model).flatMap(({ path, layer }) => (UNSEEDED.includes(layer.getClassName()) ? [path] : []))
}

export class NoiseControl {
  readonly #layers: readonly Controlled[]
  readonly #seed: number
  readonly #replica: number

  /** @param replica Number of the replica, each of which sees a part of the batch. Replicas draw independently. */
  constructor(model: LayersModel, seed: number, replica = 0) {
    this.#seed = seed
    this.#replica = replica
    this.#layers = namedLayers(model)
      .filter(({ layer }) => ['Dropout', 'SpatialDropout1D'].includes(layer.getClassName()))
      .map(({ path, layer }) => ({ path, layer, own: (layer as Dropout).seed }))
  }

  /** Number of steps done before the current one. */
  set step(step: number) {
    for (const { path, layer } of this.#layers) layer.seed = seedFor(this.#seed, 'dropout', path, step, this.#replica)
  }

  /** Restores the layers' own seeds. */
  release(): void {
    for (const { layer, own } of this.#layers) layer.seed = own
  }
}
