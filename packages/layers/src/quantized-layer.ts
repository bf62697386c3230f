/** What quantized layers share: their two quantizers with the learned variables, training progress, and the latent-weight clip. */
import {
  type AnyOptions,
  type Configured,
  checkFrozen,
  type FrozenQuantizer,
  latentClipOf,
  OptionError,
  type Quantizer,
  type QuantizerContext,
  type QuantizerTarget,
} from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { quantize } from './quantize.ts'
import { initializerOf } from './quantizer-initializer.ts'
import { networkValues, networkVariablesAmong, variablesOf, withNetworkVariables } from './quantizer-variables.ts'

export interface QuantizedLayerOptions {
  name?: string
  trainable?: boolean
  /** Quantizes the layer's input. Without it the input stays real. */
  inputQuantizer?: Configured<Quantizer>
  /** Quantizes the kernel. Without it the weights stay real. */
  kernelQuantizer?: Configured<Quantizer>
  /**
   * Latent weights are clipped to [-latentClip, latentClip] after every training step; 0 leaves them free.
   * @default what the kernel's quantizer declares, 1 without one
   */
  latentClip?: number
  useBias?: boolean
}

/** A quantizer as a saved model holds it: by name. */
export interface QuantizerConfig {
  readonly name: string
  readonly options: AnyOptions
}

/** One use of a quantizer, as `onQuantize` sees it before it happens. */
export interface QuantizeCall {
  /** What is about to be quantized. */
  readonly x: tf.Tensor
  readonly quantizer: Configured<Quantizer>
  /** What the quantizer would be told. The seed counts this layer's calls in training, from 1. */
  readonly context: QuantizerContext
}

/** Returns what the quantizer is told instead. Called inside the layer's `tf.tidy`. */
export type QuantizeHook = (call: QuantizeCall) => QuantizerContext

type Inputs = tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[]

const roles = { activation: 'input_quantizer', weight: 'kernel_quantizer' } as const

/** Of the shapes of a quantized layer's inputs, that of its own: the others are variables of the network. */
export function ownShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
  return Array.isArray(inputShape[0]) ? inputShape[0] : (inputShape as tfl.Shape)
}

export abstract class QuantizedLayer extends tfl.layers.Layer {
  readonly latentClip: number
  readonly useBias: boolean
  protected kernel!: tfl.LayerVariable
  protected bias?: tfl.LayerVariable
  /** How far training is, from 0 to 1; the trainer sets it, quantizers with a schedule read it. */
  progress = 1
  /**
   * Decides the context of every call of the layer's quantizers: a trainer seeds stochastic ones by step, so that a resumed run draws
   * what the uninterrupted one drew. Not saved with the layer.
   */
  onQuantize?: QuantizeHook
  readonly #quantizers: Partial<Record<QuantizerTarget, Configured<Quantizer>>>
  readonly #variables: Record<QuantizerTarget, Record<string, tfl.LayerVariable>> = { activation: {}, weight: {} }
  #calls = 0

  constructor(options: QuantizedLayerOptions) {
    super({ name: options.name, trainable: options.trainable })
    const { inputQuantizer: activation, kernelQuantizer: weight } = options
    for (const [target, quantizer] of Object.entries({ activation, weight })) {
      if (quantizer && !quantizer.plugin.for.includes(target as QuantizerTarget)) {
        throw new OptionError({
          what: `The quantizer '${quantizer.plugin.name}' cannot quantize the ${target} of layer '${this.name}'.`,
          expected: `a quantizer for ${target}`,
          received: `one for ${quantizer.plugin.for.join(' and ')}`,
        })
      }
    }
    this.#quantizers = { activation, weight }
    const declared = weight ? latentClipOf(weight) : 1
    this.latentClip = options.latentClip ?? (declared === 'none' ? 0 : declared)
    this.useBias = options.useBias ?? false
  }

  quantizer(target: QuantizerTarget): Configured<Quantizer> | undefined {
    return this.#quantizers[target]
  }

  /** Called by `build` of a subclass once the shapes are known. */
  protected addQuantizedWeights(kernelShape: number[], inputChannels: number): void {
    this.kernel = this.addWeight('kernel', kernelShape, 'float32', tfl.initializers.glorotNormal({}))
    const outputs = kernelShape[kernelShape.length - 1]
    if (this.useBias) this.bias = this.addWeight('bias', [outputs], 'float32', tfl.initializers.zeros())
    for (const [target, channels] of [
      ['activation', inputChannels],
      ['weight', outputs],
    ] as const) {
      for (const [name, { shape, initial }] of variablesOf(this.#quantizers[target], { target, channels }, 'layer')) {
        this.#variables[target][name] = this.addWeight(`${roles[target]}_${name}`, [...shape], 'float32', initializerOf(initial))
      }
    }
  }

  /** In a model, variables that the network shares join the inputs. */
  override apply(inputs: Inputs, kwargs?: Parameters<tfl.layers.Layer['apply']>[1]): Inputs {
    return super.apply(withNetworkVariables(inputs, this.#quantizers), kwargs)
  }

  /**
   * The quantized tensor, or the tensor itself where this target has no quantizer.
   * @param inputs What the layer was called on: its input, and the variables that the network shares.
   */
  protected quantize(x: tf.Tensor, target: QuantizerTarget, training: boolean, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const configured = this.#quantizers[target]
    if (!configured) return x
    const variables = {
      ...Object.fromEntries(Object.entries(this.#variables[target]).map(([name, variable]) => [name, variable.read()])),
      ...networkVariablesAmong([inputs].flat(), this.#quantizers, target, this.name),
    }
    const own: QuantizerContext = { target, variables, progress: this.progress, training, seed: training ? ++this.#calls : 0 }
    const context = this.onQuantize ? this.onQuantize({ x, quantizer: configured, context: own }) : own
    return quantize(x, configured, context)
  }

  /** What the quantizer of a target freezes to now. */
  protected freezeQuantizer(target: QuantizerTarget, channels: number): FrozenQuantizer | undefined {
    const configured = this.#quantizers[target]
    if (!configured) return undefined
    const { plugin, options } = configured
    // `freeze` writes a function of its own in front of the layer.
    if (target === 'activation' && plugin.real) return undefined
    const own = Object.entries(this.#variables[target])
    const variables = {
      ...Object.fromEntries(own.map(([name, variable]) => [name, variable.read().dataSync() as Float32Array])),
      ...networkValues(this, target),
    }
    const weights = target === 'weight' ? (this.kernel.read().dataSync() as Float32Array) : undefined
    const frozen = plugin.freeze(options, { target, channels, variables, weights })
    checkFrozen(plugin.name, frozen, channels)
    return frozen
  }

  /** The latent weights behind the binary ones. */
  get latentWeights(): tf.Tensor | undefined {
    return this.#quantizers.weight && this.kernel?.read()
  }

  /** Clips the latent weights; the trainer calls it after every step. */
  clipLatentWeights(): void {
    if (!this.#quantizers.weight || this.latentClip === 0) return
    tf.tidy(() => {
      this.kernel.write(tf.clipByValue(this.kernel.read(), -this.latentClip, this.latentClip))
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    const config = (target: QuantizerTarget): tf.serialization.ConfigDict | null => {
      const configured = this.#quantizers[target]
      return configured
        ? { name: configured.plugin.name, options: { ...configured.options } as tf.serialization.ConfigDict }
        : null
    }
    return {
      ...super.getConfig(),
      inputQuantizer: config('activation'),
      kernelQuantizer: config('weight'),
      latentClip: this.latentClip,
      useBias: this.useBias,
    }
  }
}

/** Every quantized layer of a model, nested models included. */
export function quantizedLayers(model: tfl.LayersModel): QuantizedLayer[] {
  return model.layers.flatMap((layer) => {
    if (layer instanceof QuantizedLayer) return [layer]
    return layer instanceof tfl.LayersModel ? quantizedLayers(layer) : []
  })
}
