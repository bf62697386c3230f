/**
 * The base of quantized layers: two quantizers with their learned variables, training progress, and the clip of latent weights.
 */
import {
  type AnyOptions,
  type Configured,
  checkFrozen,
  type FrozenQuantizer,
  type GraphTensor,
  latentClipOf,
  type Quantizer,
  type QuantizerContext,
  type QuantizerTarget,
} from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { emitQuantized } from './freeze/emit-quantized.ts'
import { tensorOf } from './freeze/float-tensor.ts'
import type { Geometry, QuantizedOperation } from './freeze/quantized-operation.ts'
import { emitStock } from './freeze/stock/index.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { checkModel } from './one-copy.ts'
import { type ActivationName, activationOption } from './options/activation-option.ts'
import { checkKernelSize, finiteNumber, trueOrFalse } from './options/check-options.ts'
import { type QuantizerOption, quantizerOption } from './options/quantizer-option.ts'
import {
  type Constraint,
  type Initializer,
  type Regularizer,
  savedObject,
  seeded,
  type WeightOptions,
  weightOption,
} from './options/weight-options.ts'
import { quantize } from './quantize.ts'
import { initializerOf } from './quantizer-initializer.ts'
import {
  hasNetworkVariables,
  networkInputs,
  networkValues,
  networkVariablesAmong,
  variablesOf,
  withNetworkVariables,
} from './quantizer-variables.ts'

/**
 * Options of every quantized layer. Initializers, regularizers and constraints work as in layers of TensorFlow.js. The penalties
 * of regularizers are in the loss of `model.fit` and of the trainer. A constraint acts on the latent weights whenever they are
 * written: by `setWeights`, and after each step of the trainer. `model.fit` does not apply it.
 */
export interface QuantizedLayerOptions extends LayerOptions, WeightOptions<'kernel'>, WeightOptions<'bias'> {
  /** Quantizes the layer's input. Without it the input stays real. */
  inputQuantizer?: QuantizerOption | null
  /** Quantizes the kernel. Without it the weights stay real. */
  kernelQuantizer?: QuantizerOption | null
  /**
   * Latent weights are clipped to [-latentClip, latentClip] after every training step; 0 turns the clip off.
   * @default the clip that the kernel's quantizer declares, or 1 without a quantizer
   */
  latentClip?: number
  /** @default false */
  useBias?: boolean
  /** The activation after the bias. @default 'linear' */
  activation?: ActivationName | null
}

const WEIGHTS = ['kernel', 'bias'] as const
const KINDS = ['Initializer', 'Regularizer', 'Constraint'] as const
const OPTIONS = [
  ...['inputQuantizer', 'kernelQuantizer', 'latentClip', 'useBias', 'activation'],
  ...WEIGHTS.flatMap((weight) => KINDS.map((kind) => `${weight}${kind}`)),
]

/** A quantizer in a saved model: its name and options. */
export interface QuantizerConfig {
  readonly name: string
  readonly options: AnyOptions
}

/** One use of a quantizer. `onQuantize` sees it before it happens. */
export interface QuantizeCall {
  /** The tensor to quantize. */
  readonly x: tf.Tensor
  readonly quantizer: Configured<Quantizer>
  /** The default context of the quantizer. The seed counts this layer's calls in training, from 1. */
  readonly context: QuantizerContext
}

/** Returns the context that the quantizer gets instead. Called inside the layer's `tf.tidy`. */
export type QuantizeHook = (call: QuantizeCall) => QuantizerContext

type Inputs = tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[]

const roles = { activation: 'input_quantizer', weight: 'kernel_quantizer' } as const

interface Weight {
  readonly initializer: Initializer
  readonly regularizer?: Regularizer
  readonly constraint?: Constraint
}

/** The shape of the layer's own input. Further inputs of a quantized layer are variables of the network. */
export function ownShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
  return Array.isArray(inputShape[0]) ? inputShape[0] : (inputShape as tfl.Shape)
}

export abstract class QuantizedLayer extends CheckedLayer {
  readonly latentClip: number
  readonly useBias: boolean
  protected kernel!: tfl.LayerVariable
  protected bias?: tfl.LayerVariable
  /** Progress of training, from 0 to 1. The trainer sets it, and quantizers with a schedule read it. */
  progress = 1
  /**
   * Decides the context of every call of the layer's quantizers. A trainer uses it to seed stochastic quantizers by step, so that
   * a resumed run draws the same values as an uninterrupted one. It is not saved with the layer.
   */
  onQuantize?: QuantizeHook
  readonly #quantizers: Partial<Record<QuantizerTarget, Configured<Quantizer>>>
  readonly #variables: Record<QuantizerTarget, Record<string, tfl.LayerVariable>> = { activation: {}, weight: {} }
  readonly #weights: Readonly<Record<(typeof WEIGHTS)[number], Weight>>
  readonly #activation?: tfl.layers.Layer
  #inputChannels = 0
  #calls = 0

  /**
   * @param known Options that only the subclass has.
   * @throws OptionError on an unknown option or a wrong value.
   */
  constructor(options: QuantizedLayerOptions, known: readonly string[]) {
    super(options, [...OPTIONS, ...known])
    const { title } = this
    this.#quantizers = {
      activation: quantizerOption(title, 'inputQuantizer', 'activation', options.inputQuantizer),
      weight: quantizerOption(title, 'kernelQuantizer', 'weight', options.kernelQuantizer),
    }
    const declared = this.#quantizers.weight ? latentClipOf(this.#quantizers.weight) : 1
    this.latentClip = finiteNumber(title, 'latentClip', options.latentClip ?? (declared === 'none' ? 0 : declared), 0)
    this.useBias = trueOrFalse(title, 'useBias', options.useBias ?? false)
    const weight = (name: (typeof WEIGHTS)[number], initial: Initializer): Weight => ({
      initializer: weightOption(title, `${name}Initializer`, 'Initializer', options[`${name}Initializer`]) ?? initial,
      regularizer: weightOption(title, `${name}Regularizer`, 'Regularizer', options[`${name}Regularizer`]),
      constraint: weightOption(title, `${name}Constraint`, 'Constraint', options[`${name}Constraint`]),
    })
    this.#weights = {
      kernel: weight('kernel', tfl.initializers.glorotNormal({})),
      bias: weight('bias', tfl.initializers.zeros()),
    }
    this.#activation = activationOption(title, this.name, options.activation)
  }

  quantizer(target: QuantizerTarget): Configured<Quantizer> | undefined {
    return this.#quantizers[target]
  }

  /** Number of output channels. In a quantizer of the kernel, each channel has its own level. Known once the layer is built. */
  abstract get outputChannels(): number

  /** The kernel in the layout of quantizers and graphs, `[..., in, out]`. Subclasses with another layout convert it. */
  protected outputsLast(kernel: tf.Tensor): tf.Tensor {
    return kernel
  }

  /** A subclass calls it in `build`, once the shapes are known. */
  protected addQuantizedWeights(kernelShape: number[], inputChannels: number): void {
    checkKernelSize(this.title, kernelShape)
    this.#inputChannels = inputChannels
    // Variables of the network are inputs too, after the layer's own input.
    if (!hasNetworkVariables(this.#quantizers)) this.inputSpec = [new tfl.InputSpec({ axes: { [-1]: inputChannels } })]
    this.kernel = this.#addWeight('kernel', kernelShape)
    if (this.useBias) this.bias = this.#addWeight('bias', [this.outputChannels])
    for (const target of ['activation', 'weight'] as const) {
      for (const [name, { shape, initial }] of this.#variablesOf(target)) {
        const weight = `${roles[target]}_${name}`
        this.#variables[target][name] = this.addWeight(weight, [...shape], 'float32', initializerOf(initial))
      }
    }
  }

  #addWeight(name: (typeof WEIGHTS)[number], shape: number[]): tfl.LayerVariable {
    const { initializer, regularizer, constraint } = this.#weights[name]
    return this.addWeight(name, shape, 'float32', initializer, regularizer, true, constraint)
  }

  /** The learned variables of a quantizer that belong to this layer. */
  #variablesOf(target: QuantizerTarget): ReturnType<typeof variablesOf> {
    const channels = target === 'weight' ? this.outputChannels : this.#inputChannels
    return variablesOf(this.#quantizers[target], { target, channels }, 'layer')
  }

  /** In a model, the inputs also include variables that the network shares. */
  override apply(inputs: Inputs, kwargs?: Record<string, unknown>): Inputs {
    return super.apply(withNetworkVariables(inputs, this.#quantizers), kwargs)
  }

  /**
   * The initializer of one of the built layer's weights, with a seed from the trainer.
   * @param weight Its name within the layer: `kernel`, `bias`, or a learned variable with the prefix `input_quantizer_` or
   *   `kernel_quantizer_`.
   */
  weightInitializer(weight: string, seed: number): Initializer {
    if (weight === 'kernel' || weight === 'bias') return seeded(this.#weights[weight].initializer, seed)
    const target = weight.startsWith(roles.activation) ? 'activation' : 'weight'
    const variables = Object.fromEntries(this.#variablesOf(target))
    return initializerOf(variables[weight.slice(roles[target].length + 1)].initial, seed)
  }

  /**
   * The quantized tensor, or the tensor itself if this target has no quantizer.
   * @param inputs The inputs of the layer's call: its own input, and the variables that the network shares.
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

  /**
   * The kernel that inference multiplies with, `[..., in, out]`: the quantized one, or the real one without a quantizer. The
   * caller disposes it.
   */
  quantizedKernel(): tf.Tensor {
    return tf.tidy(() => {
      const kernel = this.outputsLast(this.kernel.read())
      return tf.clone(this.quantize(kernel, 'weight', false, [kernel, ...networkInputs(this)]))
    })
  }

  /** The layer's product without bias and activation. Both sides are quantized, and the kernel has its outputs last. */
  protected abstract product(input: tf.Tensor, kernel: tf.Tensor): tf.Tensor

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown> = {}): tf.Tensor {
    return tf.tidy(() => {
      const training = kwargs.training === true
      const input = this.quantize(Array.isArray(inputs) ? inputs[0] : inputs, 'activation', training, inputs)
      const kernel = this.quantize(this.outputsLast(this.kernel.read()), 'weight', training, inputs)
      const product = this.product(input, kernel)
      const output = this.bias ? tf.add(product, this.bias.read()) : product
      return this.#activation ? (this.#activation.call(output, kwargs) as tf.Tensor) : output
    })
  }

  /** The frozen form of a target's quantizer, with its current variables. */
  #freezeQuantizer(target: QuantizerTarget, channels: number, kernel: GraphTensor): FrozenQuantizer | undefined {
    const configured = this.#quantizers[target]
    if (!configured) return undefined
    const { plugin, options } = configured
    // `freeze` appends the quantizer's own function in front of the layer.
    if (target === 'activation' && plugin.real) return undefined
    const own = Object.entries(this.#variables[target])
    const variables = {
      ...Object.fromEntries(own.map(([name, variable]) => [name, variable.read().dataSync() as Float32Array])),
      ...networkValues(this, target),
    }
    const weights = target === 'weight' ? (kernel.data as Float32Array) : undefined
    const frozen = plugin.freeze(options, { target, channels, variables, weights })
    checkFrozen(plugin.name, frozen, channels)
    return frozen
  }

  /** Appends thresholds, the product on bits, one affine for the kernel's scale and the bias, and the activation. */
  protected emit(context: ToGraphContext, geometry: Geometry): string {
    const outputsLast = tf.tidy(() => this.outputsLast(this.kernel.read()))
    const kernel = tensorOf(outputsLast)
    if (outputsLast !== this.kernel.read()) outputsLast.dispose()
    const { builder, name, inputs } = context
    const operation: QuantizedOperation = {
      ...geometry,
      kernel,
      bias: this.bias && tensorOf(this.bias.read()),
      frozenInput: this.#freezeQuantizer('activation', builder.type(inputs[0]).shape.at(-1)!, kernel),
      frozenKernel: this.#freezeQuantizer('weight', this.outputChannels, kernel),
    }
    if (!this.#activation) return emitQuantized(context, operation)
    const linear = emitQuantized({ ...context, name: `${name}.linear` }, operation)
    return emitStock(this.#activation, { ...context, inputs: [linear] })
  }

  /** The latent weights behind the binary ones. */
  get latentWeights(): tf.Tensor | undefined {
    return this.#quantizers.weight && this.kernel?.read()
  }

  /**
   * Clips the latent weights, and applies the constraints of kernel and bias. The trainer calls it after every step.
   * @param trained The weights that were trained. Others stay as they are. Default: both.
   */
  clipLatentWeights(trained: { readonly kernel: boolean; readonly bias: boolean } = { kernel: true, bias: true }): void {
    const isClipped = this.#quantizers.weight && this.latentClip > 0
    tf.tidy(() => {
      const kernel = this.kernel.read()
      // Writing a weight applies its constraint.
      if (trained.kernel && isClipped) this.kernel.write(tf.clipByValue(kernel, -this.latentClip, this.latentClip))
      else if (trained.kernel && this.#weights.kernel.constraint) this.kernel.write(tf.clone(kernel))
      if (trained.bias && this.bias && this.#weights.bias.constraint) this.bias.write(tf.clone(this.bias.read()))
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    const config = (target: QuantizerTarget): tf.serialization.ConfigDict | null => {
      const configured = this.#quantizers[target]
      return configured
        ? { name: configured.plugin.name, options: { ...configured.options } as tf.serialization.ConfigDict }
        : null
    }
    const weights = WEIGHTS.flatMap((name) =>
      KINDS.map((kind) => [`${name}${kind}`, savedObject(this.#weights[name][kind.toLowerCase() as keyof Weight])] as const),
    )
    return {
      ...super.getConfig(),
      ...Object.fromEntries(weights),
      inputQuantizer: config('activation'),
      kernelQuantizer: config('weight'),
      latentClip: this.latentClip,
      useBias: this.useBias,
      activation: (this.#activation?.getConfig().activation as string | undefined) ?? 'linear',
    }
  }
}

/** Every quantized layer of a model, nested models included. */
export function quantizedLayers(model: tfl.LayersModel): QuantizedLayer[] {
  checkModel('quantizedLayers()', model)
  return model.layers.flatMap((layer) => {
    if (layer instanceof QuantizedLayer) return [layer]
    return layer instanceof tfl.LayersModel ? quantizedLayers(layer) : []
  })
}
