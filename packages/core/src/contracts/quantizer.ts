/**
 * Quantizers: real tensors to a few levels, most often two, with a stated pseudo-gradient. A BinarizerClassifier is a quantizer whose
 * decision is learned.
 */
import type { Tensor } from '@tensorflow/tfjs-core'
import { InvalidPluginError } from '../errors.ts'
import type { ActivationFunction } from '../graph/ops/pointwise.ts'
import type { AnyOptions, OptionRules, OptionsOf } from './option-rules.ts'
import { type Configured, checkPluginName, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'
import type { FrozenQuantizer } from './thresholds.ts'

/** What is quantized: the input of a layer, or its kernel. */
export type QuantizerTarget = 'activation' | 'weight'

/** A learned variable of a quantizer. It lives in the layer, or once in the network, trains with it and is saved with it. */
export interface QuantizerVariable {
  /**
   * Who has a variable of its own: each channel (as its shape says), each layer, or the network, whose layers then read one and the same.
   * A variable of the network cannot depend on channels. Default `layer`, which a shape with one entry a channel refines.
   */
  readonly extent?: 'channel' | 'layer' | 'network'
  readonly shape: readonly number[]
  readonly initial: number | { readonly uniform: readonly [low: number, high: number] } | { readonly normal: number }
}

export interface QuantizerContext {
  readonly target: QuantizerTarget
  /** The quantizer's learned variables. */
  readonly variables: Readonly<Record<string, Tensor>>
  /** How far training is, from 0 to 1; what schedules read. 1 outside training. */
  readonly progress: number
  readonly training: boolean
  /** Differs with every call in training; what stochastic quantizers draw from. */
  readonly seed: number
}

export interface FreezeContext {
  readonly target: QuantizerTarget
  /** Channels of the activation, or output channels of the weights. */
  readonly channels: number
  readonly variables: Readonly<Record<string, Float32Array>>
  /** The latent weights, row-major with the output channels last. Only for the target `weight`. */
  readonly weights?: Float32Array
}

/** Half-width of the interval that latent weights stay in. */
export type LatentClip = number | 'none'

export interface QuantizerDefinition<Rules extends OptionRules> extends PluginDefinition<Rules> {
  readonly for: readonly QuantizerTarget[]
  /**
   * Thresholds that one channel freezes to. `none`: real values in the place of bits, for stages of training that are followed by
   * binary ones, or for float twins; `freeze` throws. Default `one`.
   */
  readonly thresholds?: 'one' | 'several' | 'none'
  /** With the thresholds `none`: the function of the graph that it freezes to. Without it, models that it is in do not freeze. */
  readonly real?: ActivationFunction
  /**
   * `symmetric`: -1 and +1 for activations, -s and +s with one s per output channel for weights. `own`: the levels of its frozen
   * form, which may be uneven or more than two. Default `symmetric`.
   */
  readonly levels?: 'symmetric' | 'own'
  /** In training, `forward` may lie between the levels, nearer to them as progress rises. Default false. */
  readonly soft?: boolean
  /**
   * Latent weights are kept in [-latentClip, latentClip] after every step of training, unless a layer says otherwise; `none` leaves
   * them free, as quantizers that do not see the scale of weights need. May depend on the options. Default 1.
   */
  readonly latentClip?: LatentClip | ((options: OptionsOf<Rules>) => LatentClip)
  /** Learned variables, given the number of channels of what is quantized. */
  variables?(
    options: OptionsOf<Rules>,
    context: { readonly target: QuantizerTarget; readonly channels: number },
  ): Readonly<Record<string, QuantizerVariable>>
  /**
   * The levels that `levels` states, strictly, unless `soft` and in training. `x` is any shape, channels last.
   */
  forward(x: Tensor, options: OptionsOf<Rules>, context: QuantizerContext): Tensor
  /**
   * The stated pseudo-gradient d out / d x, elementwise, real or boolean. Either this or `surrogate`.
   */
  gradient?(x: Tensor, options: OptionsOf<Rules>, context: QuantizerContext): Tensor
  /**
   * A differentiable stand-in for `forward`, whose exact gradients with respect to `x` and the variables are used instead.
   */
  surrogate?(x: Tensor, options: OptionsOf<Rules>, context: QuantizerContext): Tensor
  /** What the quantizer is once its variables and options stand still. Plain numbers, no tensors. */
  freeze(options: OptionsOf<Rules>, context: FreezeContext): FrozenQuantizer
}

/** A quantizer as the rest of the library sees it, its option types erased. */
export interface Quantizer
  extends Plugin,
    Omit<
      QuantizerDefinition<OptionRules>,
      'options' | 'latentClip' | 'variables' | 'forward' | 'gradient' | 'surrogate' | 'freeze'
    > {
  readonly kind: 'quantizer'
  readonly latentClip?: LatentClip | ((options: AnyOptions) => LatentClip)
  variables?(
    options: AnyOptions,
    context: { readonly target: QuantizerTarget; readonly channels: number },
  ): Readonly<Record<string, QuantizerVariable>>
  forward(x: Tensor, options: AnyOptions, context: QuantizerContext): Tensor
  gradient?(x: Tensor, options: AnyOptions, context: QuantizerContext): Tensor
  surrogate?(x: Tensor, options: AnyOptions, context: QuantizerContext): Tensor
  freeze(options: AnyOptions, context: FreezeContext): FrozenQuantizer
}

/**
 * Binarization posed as binary classification: `decision` scores every element, its sign is the bit, and its derivative inside the
 * clip of the score is the gradient.
 */
export interface BinarizerClassifier extends Quantizer {
  /** The classifier's score, whose sign is the output; differentiable in `x` and the variables. */
  decision(x: Tensor, options: AnyOptions, context: QuantizerContext): Tensor
}

/** Option types of quantizers by name. Empty here; each quantizer's package augments it, so that names autocomplete. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface QuantizerNames {}

/** A quantizer wherever one is asked for. */
export type QuantizerReference = ReferenceTo<QuantizerNames, Quantizer>

function refuse(name: string, what: string, fix: string): never {
  throw new InvalidPluginError({ what: `The quantizer '${name}' ${what}`, fix })
}

/** The interval that a quantizer of weights keeps its latent weights in. */
export function latentClipOf({ plugin, options }: Configured<Quantizer>): LatentClip {
  const { latentClip = 1 } = plugin
  return typeof latentClip === 'function' ? latentClip(options) : latentClip
}

/**
 * Makes a plugin of a quantizer's definition.
 * @throws InvalidPluginError if the name is not kebab-case, or it has neither or both of `gradient` and `surrogate`, or no target.
 */
export function defineQuantizer<const Rules extends OptionRules>(definition: QuantizerDefinition<Rules>): Quantizer {
  const { name } = definition
  checkPluginName('quantizer', name)
  if (definition.for.length === 0) refuse(name, 'quantizes nothing.', "Set `for` to ['activation'], ['weight'] or both.")
  if (!definition.gradient === !definition.surrogate) {
    refuse(name, `has ${definition.gradient ? 'two gradients' : 'no gradient'}.`, 'Define either `gradient` or `surrogate`.')
  }
  return Object.freeze({ ...definition, kind: 'quantizer', options: definition.options ?? {} }) as Quantizer
}

/**
 * Makes a plugin of a classifier's definition. Its `forward` is the sign of `decision` and its `surrogate` the decision clipped to
 * [-1, 1]; both are in the definition, since TensorFlow.js is not here.
 * @throws InvalidPluginError as `defineQuantizer` does.
 */
export function defineBinarizerClassifier<const Rules extends OptionRules>(
  definition: Omit<QuantizerDefinition<Rules>, 'gradient'> & {
    decision(x: Tensor, options: OptionsOf<Rules>, context: QuantizerContext): Tensor
  },
): BinarizerClassifier {
  return defineQuantizer(definition) as BinarizerClassifier
}
