/** A layer that refuses unknown options. It accepts the options that every layer of TensorFlow.js has. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { layers, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { checkInputs } from './one-copy.ts'
import { checkOptionNames, oneOf, trueOrFalse } from './options/check-options.ts'

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

const COMMON = ['name', 'trainable', 'inputShape', 'batchInputShape', 'batchSize', 'dtype', 'weights'] as const

/** The layer's name in errors. */
function layerTitle(className: string, name: string | undefined): string {
  return name === undefined ? `Layer ${className}` : `Layer '${name}' (${className})`
}

function commonOptions(title: string, options: LayerOptions): LayerOptions {
  if (options.trainable !== undefined) trueOrFalse(title, 'trainable', options.trainable)
  if (options.dtype !== undefined) oneOf(title, 'dtype', options.dtype, ['float32'])
  return Object.fromEntries(COMMON.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]))
}

export abstract class CheckedLayer extends layers.Layer {
  /**
   * @param known Options that only this layer has.
   * @throws OptionError on an option that is neither known nor common to all layers.
   */
  constructor(options: LayerOptions, known: readonly string[]) {
    const title = layerTitle((new.target as unknown as { className: string }).className, options.name)
    // TensorFlow.js adds a list of user classes to the configuration it loads.
    const { customObjects, ...given } = options as LayerOptions & { customObjects?: unknown }
    checkOptionNames(title, given, [...known, ...COMMON])
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

  /** This layer's name in errors. */
  protected get title(): string {
    return layerTitle(this.getClassName(), this.name)
  }
}
