/** A layer that refuses unknown options. It accepts the options that every layer of TensorFlow.js has. */
import { checkOptionValues, checkRecord, describeValue, OptionError, rules, type ValueRules } from '@onebit/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { checkInputs } from './one-copy.ts'
import { checkOptionNames } from './options/check-options.ts'

/** Options of every layer, with their meaning in TensorFlow.js. */
export interface LayerOptions {
  name?: string
  trainable?: boolean
  /** Shape of the layer's input without the batch, for the first layer of a `tf.sequential`. */
  inputShape?: Shape
  /** Shape of the layer's input with the batch. */
  batchInputShape?: Shape
  batchSize?: number
  /** Type of the layer's input. @default 'float32', the only one */
  dtype?: 'float32'
  /** Initial values of the weights, in the order of `getWeights`. */
  weights?: Tensor[]
}

const shape = rules.list(rules.either(rules.integer({ minimum: 0 }), rules.oneOf([null])))
const COMMON: ValueRules<keyof LayerOptions> = {
  name: rules.layerName,
  trainable: rules.boolean,
  inputShape: shape,
  batchInputShape: shape,
  batchSize: rules.either(rules.integer({ minimum: 1 }), rules.oneOf([null])),
  dtype: rules.oneOf(['float32']),
  weights: rules.list(rules.tensor),
}

/** The layer's name in errors. */
function layerTitle(className: string, name: string | undefined): string {
  return name === undefined ? `Layer ${className}` : `Layer '${name}' (${className})`
}

function commonOptions(title: string, options: LayerOptions): LayerOptions {
  checkOptionValues(title, options, COMMON)
  const names = Object.keys(COMMON) as (keyof LayerOptions)[]
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]))
}

export abstract class CheckedLayer extends layers.Layer {
  /**
   * @param known Options that only this layer has.
   * @throws OptionError on an option that is neither known nor common to all layers.
   */
  constructor(options: LayerOptions, known: readonly string[]) {
    const { className } = new.target as unknown as { className: string }
    checkRecord(layerTitle(className, undefined), options)
    const title = layerTitle(className, typeof options.name === 'string' ? options.name : undefined)
    // TensorFlow.js adds a list of user classes to the configuration it loads.
    const { customObjects, ...given } = options as LayerOptions & { customObjects?: unknown }
    checkOptionNames(title, given, [...known, ...Object.keys(COMMON)])
    super(commonOptions(title, given))
  }

  /** @throws DuplicatePackageError on a symbolic tensor of another copy of `@tensorflow/tfjs-layers`. */
  override apply(
    inputs: Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[],
    kwargs?: Record<string, unknown>,
  ): Tensor | Tensor[] | SymbolicTensor | SymbolicTensor[] {
    checkInputs(this.title, inputs)
    return super.apply(inputs, kwargs as never)
  }

  /** @throws OptionError unless there is one tensor per weight, with its shape. */
  override setWeights(weights: Tensor[]): void {
    const shapes = (list: readonly { readonly shape: Shape }[]): string => list.map((one) => `[${one.shape}]`).join(', ')
    const fault = rules.list(rules.tensor)(weights)
    if (fault || shapes(weights) !== shapes(this.weights)) {
      throw new OptionError({
        what: `${this.title} refuses its weights.`,
        expected: shapes(this.weights) ? `tensors of ${shapes(this.weights)}` : 'no tensors',
        received: fault ? describeValue(weights) : shapes(weights) || 'none',
      })
    }
    super.setWeights(weights)
  }

  /** This layer's name in errors. */
  protected get title(): string {
    return layerTitle(this.getClassName(), this.name)
  }
}
