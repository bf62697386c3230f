/**
 * Controls a model's quantizers while it trains. The seed of a call depends only on the run's seed, the layer, the target and the
 * step, so a resumed run draws the same values as an uninterrupted one. Quantizers can be frozen for passes that only re-estimate
 * statistics, and a probe can inspect their inputs.
 */
import type { Configured, Quantizer, QuantizerContext, QuantizerTarget } from '@onebit/core'
import type { QuantizeCall } from '@onebit/layers'
import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { seedFor } from '../seeds.ts'
import { type NamedQuantizedLayer, namedQuantizedLayers } from './named-weights.ts'

/** Called with the values that a quantizer is about to quantize. */
export type Probe = (
  layer: NamedQuantizedLayer,
  x: tf.Tensor,
  quantizer: Configured<Quantizer>,
  context: QuantizerContext,
) => void

export class QuantizerControl {
  readonly layers: readonly NamedQuantizedLayer[]
  /** Number of steps since training began. With the number of the call within the step, it determines the seeds. */
  step = 0
  /** If true, quantizers act as in inference, while BatchNorm may train. */
  frozen = false
  probe?: Probe
  readonly #seed: number
  readonly #replica: number
  #calls: { step: number; counts: Map<string, number> } = { step: -1, counts: new Map() }

  private constructor(layers: readonly NamedQuantizedLayer[], seed: number, replica: number) {
    this.layers = layers
    this.#seed = seed
    this.#replica = replica
  }

  /**
   * Takes control of a model's quantizers until `release`.
   * @param replica Number of the replica, each of which sees a part of the batch. Replicas draw independently for activations and
   *   the same for weights.
   */
  static take(model: LayersModel, seed: number, replica = 0): QuantizerControl {
    const quantized = namedQuantizedLayers(model)
    const control = new QuantizerControl(quantized, seed, replica)
    for (const controlled of quantized) controlled.layer.onQuantize = (call) => control.#contextOf(controlled, call)
    return control
  }

  set progress(progress: number) {
    for (const { layer } of this.layers) layer.progress = progress
  }

  /** Restores the layers' own methods. */
  release(): void {
    this.progress = 1
    for (const { layer } of this.layers) layer.onQuantize = undefined
  }

  #contextOf(controlled: NamedQuantizedLayer, { x, quantizer, context: own }: QuantizeCall): QuantizerContext {
    const training = own.training && !this.frozen
    const context = { ...own, training, seed: training ? this.#seedOf(controlled.path, own.target) : 0 }
    this.probe?.(controlled, x, quantizer, context)
    return context
  }

  #seedOf(path: string, target: QuantizerTarget): number {
    if (this.#calls.step !== this.step) this.#calls = { step: this.step, counts: new Map() }
    const key = `${path} ${target}`
    const call = this.#calls.counts.get(key) ?? 0
    this.#calls.counts.set(key, call + 1)
    const part = target === 'activation' && this.#replica > 0 ? [this.#replica] : []
    return seedFor(this.#seed, 'quantizer', key, this.step, call, ...part)
  }
}
