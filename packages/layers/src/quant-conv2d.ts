/** A convolution whose input and kernel are quantized. Drop-in for `tf.layers.conv2d`, NHWC. */
import { OptionError, type PaddingValue, type Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { emitQuantized } from './freeze/emit-quantized.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { ownShape, QuantizedLayer, type QuantizedLayerOptions } from './quantized-layer.ts'
import { explicitPadding, type PaddingMode } from './same-padding.ts'

export interface QuantConv2DOptions extends QuantizedLayerOptions {
  /** Output channels. */
  filters: number
  kernelSize: number | Pair
  /** @default 1 */
  strides?: number | Pair
  /** @default 1 */
  dilationRate?: number | Pair
  /** @default 'same' */
  padding?: PaddingMode
  /** What a tap outside the input reads: nothing (Bi-Real Net), +1 (Group-Net) or -1. @default 'zero' */
  paddingValue?: PaddingValue
}

const constants: Record<PaddingValue, number> = { zero: 0, one: 1, 'minus-one': -1 }

function pair(value: number | Pair): Pair {
  return typeof value === 'number' ? [value, value] : value
}

export class QuantConv2D extends QuantizedLayer {
  static readonly className = 'QuantConv2D'
  readonly filters: number
  readonly kernelSize: Pair
  readonly strides: Pair
  readonly dilationRate: Pair
  readonly padding: PaddingMode
  readonly paddingValue: PaddingValue

  constructor(options: QuantConv2DOptions) {
    super(options)
    this.filters = options.filters
    this.kernelSize = pair(options.kernelSize)
    this.strides = pair(options.strides ?? 1)
    this.dilationRate = pair(options.dilationRate ?? 1)
    this.padding = options.padding ?? 'same'
    this.paddingValue = options.paddingValue ?? 'zero'
    if (Math.max(...this.strides) > 1 && Math.max(...this.dilationRate) > 1) {
      throw new OptionError({
        what: `Layer '${this.name}' has both strides and dilation.`,
        expected: 'one of them to be 1, as TensorFlow.js asks',
        received: `strides ${this.strides}, dilationRate ${this.dilationRate}`,
      })
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = ownShape(inputShape).at(-1)!
    this.addQuantizedWeights([...this.kernelSize, channels, this.filters], channels)
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, height, width] = ownShape(inputShape)
    const size = (input: number | null, axis: 0 | 1): number | null => {
      if (input === null) return null
      if (this.padding === 'same') return Math.ceil(input / this.strides[axis])
      return Math.floor((input - (this.kernelSize[axis] - 1) * this.dilationRate[axis] - 1) / this.strides[axis]) + 1
    }
    return [batch, size(height, 0), size(width, 1), this.filters]
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown> = {}): tf.Tensor {
    return tf.tidy(() => {
      const training = kwargs.training === true
      let x = this.quantize(
        (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor,
        'activation',
        training,
        inputs,
      ) as tf.Tensor4D
      const kernel = this.quantize(this.kernel.read(), 'weight', training, inputs) as tf.Tensor4D
      let padding: PaddingMode = this.padding
      if (this.paddingValue !== 'zero' && padding === 'same') {
        const [top, bottom, left, right] = explicitPadding(
          'same',
          [x.shape[1], x.shape[2]],
          this.kernelSize,
          this.strides,
          this.dilationRate,
        )
        x = tf.pad(
          x,
          [
            [0, 0],
            [top, bottom],
            [left, right],
            [0, 0],
          ],
          constants[this.paddingValue],
        )
        padding = 'valid'
      }
      const output = tf.conv2d(
        x,
        kernel,
        this.strides as [number, number],
        padding,
        'NHWC',
        this.dilationRate as [number, number],
      )
      return this.bias ? tf.add(output, this.bias.read()) : output
    })
  }

  /** Threshold, convolution on bits, then one affine for the kernel's scale and the bias. */
  toGraph(context: ToGraphContext): string {
    const [input] = context.inputs
    const [height, width, channels] = context.builder.type(input).shape
    return emitQuantized(context, {
      kind: 'conv2d',
      attributes: {
        strides: this.strides,
        dilations: this.dilationRate,
        padding: explicitPadding(this.padding, [height, width], this.kernelSize, this.strides, this.dilationRate),
        groups: 1,
      },
      paddingValue: this.paddingValue,
      kernel: this.kernel.read(),
      bias: this.bias?.read(),
      frozenInput: this.freezeQuantizer('activation', channels),
      frozenKernel: this.freezeQuantizer('weight', this.filters),
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: [...this.kernelSize],
      strides: [...this.strides],
      dilationRate: [...this.dilationRate],
      padding: this.padding,
      paddingValue: this.paddingValue,
    }
  }
}
