/**
 * Takes hold of a model's quantizers while it trains: their seeds are functions of the run's seed, layer, target and step, so a
 * resumed run draws what the uninterrupted one drew; they can be frozen for passes that only re-estimate statistics; and a probe can
 * look at what they are given.
 */
import type { Configured, Quantizer, QuantizerContext, QuantizerTarget } from '@onebit/core'
import { type QuantizeCall, QuantizedLayer } from '@onebit/layers'
import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { seedFor } from '../seeds.ts'
import { namedLayers } from './named-weights.ts'

export interface ControlledLayer {
  readonly path: string
  readonly layer: QuantizedLayer
}

/** Called with what a quantizer is about to quantize. */
export type Probe = (layer: ControlledLayer, x: tf.Tensor, quantizer: Configured<Quantizer>, context: QuantizerContext) => void

export class QuantizerControl {
  readonly layers: readonly ControlledLayer[]
  /** Steps since training began; decides the seeds together with the number of the call within the step. */
  step = 0
  /** Quantizers act as outside training, while BatchNorm may train. */
  frozen = false
  probe?: Probe
  readonly #seed: number
  readonly #replica: number
  #calls: { step: number; counts: Map<string, number> } = { step: -1, counts: new Map() }

  private constructor(layers: readonly ControlledLayer[], seed: number, replica: number) {
    this.layers = layers
    this.#seed = seed
    this.#replica = replica
  }

  /**
   * Takes hold of a model's quantizers, until `release`.
   * @param replica Which part of the batch this model sees: activations of parts draw independently, weights draw the same.
   */
  static take(model: LayersModel, seed: number, replica = 0): QuantizerControl {
    const quantized = namedLayers(model).flatMap(({ path, layer }) => (layer instanceof QuantizedLayer ? [{ path, layer }] : []))
    const control = new QuantizerControl(quantized, seed, replica)
    for (const controlled of quantized) controlled.layer.onQuantize = (call) => control.#contextOf(controlled, call)
    return control
  }

  set progress(progress: number) {
    for (const { layer } of this.layers) layer.progress = progress
  }

  /** Gives the layers their own ways back. */
  release(): void {
    this.progress = 1
    for (const { layer } of this.layers) layer.onQuantize = undefined
  }

  #contextOf(controlled: ControlledLayer, { x, quantizer, context: own }: QuantizeCall): QuantizerContext {
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
