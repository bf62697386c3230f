/**
 * Exponential moving average of weights. The averages are evaluated and saved, while the weights themselves train on. Statistics
 * of BatchNorm are averaged too.
 *
 *   average <- d average + (1 - d) weight, with d = min(decay, (1 + t) / (10 + t)) at step t, so that early averages follow quickly
 *
 * Polyak, Juditsky: Acceleration of stochastic approximation by averaging (1992); the warm-up of d is TensorFlow's.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers'
import { namedWeights } from '../model/named-weights.ts'
import { valuesOf, type WeightValues } from '../model/weight-values.ts'

export class MovingAverage {
  readonly #decay: number
  readonly #weights: ReadonlyMap<string, LayerVariable>
  readonly #averages: ReadonlyMap<string, tf.Variable>

  private constructor(decay: number, weights: ReadonlyMap<string, LayerVariable>, averages: ReadonlyMap<string, tf.Variable>) {
    this.#decay = decay
    this.#weights = weights
    this.#averages = averages
  }

  /** Starts from the current weights. */
  static of(model: LayersModel, decay: number): MovingAverage {
    const weights = namedWeights(model)
    const copy = (weight: LayerVariable): tf.Variable => tf.tidy(() => tf.variable(tf.clone(weight.read()), false))
    return new MovingAverage(decay, weights, new Map(Array.from(weights, ([name, weight]) => [name, copy(weight)])))
  }

  /** @param step Number of steps done in the stage, from 0. */
  update(step: number): void {
    const decay = Math.min(this.#decay, (1 + step) / (10 + step))
    tf.tidy(() => {
      for (const [name, average] of this.#averages) {
        average.assign(tf.add(tf.mul(average, decay), tf.mul(this.#weights.get(name)!.read(), 1 - decay)))
      }
    })
  }

  /** Exchanges averages and weights. A second call undoes the first. */
  swap(): void {
    tf.tidy(() => {
      for (const [name, average] of this.#averages) {
        const weight = this.#weights.get(name)!
        const kept = tf.clone(weight.read())
        weight.write(tf.clone(average))
        average.assign(kept)
      }
    })
  }

  /** A copy of the averages, by weight name. */
  values(): Promise<WeightValues> {
    return valuesOf(this.#averages)
  }

  restore(values: WeightValues): void {
    tf.tidy(() => {
      for (const [name, average] of this.#averages) {
        const { shape, data } = values.get(name)!
        average.assign(tf.tensor(data, shape as number[], 'float32'))
      }
    })
  }

  dispose(): void {
    for (const average of this.#averages.values()) average.dispose()
  }
}
