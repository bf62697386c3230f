/** The base of quantized convolutions: a window with strides, dilation, padding, and a value outside the input. */
import { OptionError, type PaddingValue, type Pair } from '@onebit/core'
import type * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { convolve, padImage } from './convolve.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { oneOf, positivePair } from './options/check-options.ts'
import { explicitPadding, type PaddingMode, windowPlaces } from './padding.ts'
import { ownShape, QuantizedLayer, type QuantizedLayerOptions } from './quantized-layer.ts'
import { WINDOW_OPTIONS, type WindowOptions, windowOptions } from './window-options.ts'

export interface QuantizedConvolutionOptions extends QuantizedLayerOptions, WindowOptions {
  /** @default 1 */
  dilationRate?: number | Pair
  /** The value of a tap outside the input: nothing (Bi-Real Net), +1 (Group-Net) or -1. @default 'zero' */
  paddingValue?: PaddingValue
}

const CONSTANTS: Record<PaddingValue, number> = { zero: 0, one: 1, 'minus-one': -1 }

export abstract class QuantizedConvolution extends QuantizedLayer {
  readonly kernelSize: Pair
  readonly strides: Pair
  readonly dilationRate: Pair
  readonly padding: PaddingMode
  readonly paddingValue: PaddingValue

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: QuantizedConvolutionOptions, known: readonly string[]) {
    super(options, [...WINDOW_OPTIONS, 'dilationRate', 'paddingValue', ...known])
    const { title } = this
    const { kernelSize, strides, padding } = windowOptions(title, options)
    this.kernelSize = kernelSize
    this.strides = strides
    this.padding = padding
    this.dilationRate = positivePair(title, 'dilationRate', options.dilationRate ?? 1)
    this.paddingValue = oneOf(title, 'paddingValue', options.paddingValue ?? 'zero', ['zero', 'one', 'minus-one'])
    if (Math.max(...this.strides) > 1 && Math.max(...this.dilationRate) > 1) {
      throw new OptionError({
        what: `${title} has both strides and dilation.`,
        expected: 'one of them to be 1, as TensorFlow.js requires',
        received: `strides ${this.strides}, dilationRate ${this.dilationRate}`,
      })
    }
  }

  /** Number of channel groups, known once the layer is built. */
  protected abstract get channelGroups(): number

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, height, width] = ownShape(inputShape)
    const places = windowPlaces(this.padding, [height, width], this.kernelSize, this.strides, this.dilationRate)
    return [batch, ...places, this.outputChannels]
  }

  protected override product(input: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    const { strides, dilationRate, channelGroups } = this
    const geometry = { strides, dilations: dilationRate, groups: channelGroups }
    if (this.paddingValue === 'zero' || this.padding === 'valid') {
      return convolve(input as tf.Tensor4D, kernel as tf.Tensor4D, { ...geometry, padding: this.padding })
    }
    const sides = this.#explicitPadding([input.shape[1]!, input.shape[2]!])
    const padded = padImage(input as tf.Tensor4D, sides, CONSTANTS[this.paddingValue])
    return convolve(padded, kernel as tf.Tensor4D, { ...geometry, padding: 'valid' })
  }

  #explicitPadding(input: Pair): ReturnType<typeof explicitPadding> {
    return explicitPadding(this.padding, input, this.kernelSize, this.strides, this.dilationRate)
  }

  toGraph(context: ToGraphContext): string {
    const [height, width] = context.builder.type(context.inputs[0]).shape
    return this.emit(context, {
      kind: 'conv2d',
      attributes: {
        strides: this.strides,
        dilations: this.dilationRate,
        padding: this.#explicitPadding([height, width]),
        groups: this.channelGroups,
      },
      paddingValue: this.paddingValue,
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      kernelSize: [...this.kernelSize],
      strides: [...this.strides],
      dilationRate: [...this.dilationRate],
      padding: this.padding,
      paddingValue: this.paddingValue,
      dataFormat: 'channelsLast',
    }
  }
}
