/**
 * Quantizers map real tensors to a few levels, most often two, and state a pseudo-gradient. A BinarizerClassifier is a quantizer that
 * learns its decision.
 */
import type { Tensor } from '@tensorflow/tfjs-core'
import { InvalidPluginError } from '../errors.ts'
import type { ActivationFunction } from '../graph/ops/pointwise.ts'
import { checkArgument } from '../options/check-options.ts'
import type { AnyOptions, OptionRules, OptionsOf } from '../options/option-rules.ts'
import { anything, object, record, text } from '../options/value-rules.ts'
import { type Configured, checkDefinition, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'
import type { FrozenQuantizer } from './thresholds.ts'

/** The quantized tensor: the input of a layer, or its kernel. */
export type QuantizerTarget = 'activation' | 'weight'

/** A learned variable of a quantizer. It lives in the layer, or once in the network, trains with it and is saved with it. */
export interface QuantizerVariable {
  /**
   * `layer` (the default): each layer has the variable. `channel`: so does each channel, by the variable's shape. `network`: all layers
   * read one variable, so its shape cannot depend on channels.
   */
  readonly extent?: 'channel' | 'layer' | 'network'
  readonly shape: readonly number[]
  readonly initial: number | { readonly uniform: readonly [low: number, high: number] } | { readonly normal: number }
}

export interface QuantizerContext {
  readonly target: QuantizerTarget
  /** The quantizer's learned variables. */
  readonly variables: Readonly<Record<string, Tensor>>
  /** Progress of training for schedules, from 0 to 1. 1 outside training. */
  readonly progress: number
  readonly training: boolean
  /** Seed for stochastic quantizers. It differs with every call in training. */
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

/** Half-width of the interval of latent weights. */
export type LatentClip = number | 'none'

export interface QuantizerDefinition<Rules extends OptionRules> extends PluginDefinition<Rules> {
  readonly for: readonly QuantizerTarget[]
  /**
   * Number of thresholds that one channel freezes to. `none`: real values instead of bits, for float twins or for stages of training
   * before binary ones; `freeze` throws. Default `one`.
   */
  readonly thresholds?: 'one' | 'several' | 'none'
  /** With the thresholds `none`: the function of the graph that it freezes to. Without it, its models do not freeze. */
  readonly real?: ActivationFunction
  /**
   * `symmetric`: -1 and +1 for activations, -s and +s with one s per output channel for weights. `own`: the levels of its frozen
   * form. They may be uneven or more than two. Default `symmetric`.
   */
  readonly levels?: 'symmetric' | 'own'
  /** True if `forward` may lie between the levels in training, nearer to them as progress rises. Default false. */
  readonly soft?: boolean
  /**
   * Every step of training clips latent weights to [-latentClip, latentClip], unless a layer says otherwise. `none` leaves them free,
   * for quantizers that ignore the scale of weights. May depend on the options. Default 1.
   */
  readonly latentClip?: LatentClip | ((options: OptionsOf<Rules>) => LatentClip)
  /** Learned variables, given the number of channels of the quantized tensor. */
  variables?(
    options: OptionsOf<Rules>,
    context: { readonly target: QuantizerTarget; readonly channels: number },
  ): Readonly<Record<string, QuantizerVariable>>
  /**
   * Returns exactly the levels that `levels` states, unless it is `soft` and in training. `x` has any shape, channels last.
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
  /** The quantizer's final form for fixed variables and options. Plain numbers, no tensors. */
  freeze(options: OptionsOf<Rules>, context: FreezeContext): FrozenQuantizer
}

/** A quantizer for the rest of the library, its option types erased. */
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
 * Binarization as binary classification: `decision` scores every element, and the sign of the score is the bit. The gradient is the
 * derivative of the score clipped to [-1, 1].
 */
export interface BinarizerClassifier extends Quantizer {
  /** The classifier's score. Its sign is the output. Differentiable in `x` and the variables. */
  decision(x: Tensor, options: AnyOptions, context: QuantizerContext): Tensor
}

/** Option types of quantizers by name. Empty here; each quantizer's package augments it, so that names autocomplete. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface QuantizerNames {}

/** A reference to a quantizer. */
export type QuantizerReference = ReferenceTo<QuantizerNames, Quantizer>

function refuse(name: string, what: string, fix: string): never {
  throw new InvalidPluginError({ what: `The quantizer '${name}' ${what}`, fix })
}

const configuredRule = object({ plugin: object({ name: text }), options: record(anything) })

/**
 * The half-width of the interval in which a quantizer of weights keeps its latent weights.
 * @throws OptionError if `quantizer` is not a quantizer with its options.
 */
export function latentClipOf(quantizer: Configured<Quantizer>): LatentClip {
  checkArgument('latentClipOf()', 'quantizer', quantizer, configuredRule)
  const { plugin, options } = quantizer
  const { latentClip = 1 } = plugin
  return typeof latentClip === 'function' ? latentClip(options) : latentClip
}

/**
 * Makes a plugin of a quantizer's definition.
 * @throws InvalidPluginError if the name is not kebab-case, or it has neither or both of `gradient` and `surrogate`, or no target.
 */
export function defineQuantizer<const Rules extends OptionRules>(definition: QuantizerDefinition<Rules>): Quantizer {
  checkDefinition('quantizer', definition, ['forward', 'freeze'])
  const { name } = definition
  const targets = definition.for
  if (!Array.isArray(targets) || targets.length === 0)
    refuse(name, 'quantizes nothing.', "Set `for` to ['activation'], ['weight'] or both.")
  if (!definition.gradient === !definition.surrogate) {
    refuse(name, `has ${definition.gradient ? 'two gradients' : 'no gradient'}.`, 'Define either `gradient` or `surrogate`.')
  }
  return Object.freeze({ ...definition, kind: 'quantizer', options: definition.options ?? {} }) as Quantizer
}

/**
 * Makes a plugin of a classifier's definition. Its `forward` is the sign of `decision`, and its `surrogate` is the decision clipped to
 * [-1, 1]. The definition states both, since TensorFlow.js is not available here.
 * @throws InvalidPluginError as `defineQuantizer` does.
 */
export function defineBinarizerClassifier<const Rules extends OptionRules>(
  definition: Omit<QuantizerDefinition<Rules>, 'gradient'> & {
    decision(x: Tensor, options: OptionsOf<Rules>, context: QuantizerContext): Tensor
  },
): BinarizerClassifier {
  return defineQuantizer(definition) as BinarizerClassifier
}
