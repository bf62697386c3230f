/**
 * A transposed convolution with quantized input and kernel. It enlarges an image by its strides. It is a drop-in replacement for
 * `tf.layers.conv2dTranspose`, NHWC, and stores the kernel as `[height, width, out, in]` too. No tap lies outside the input.
 */
import type { Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { TRANSPOSED_PADDINGS, type TransposedPadding, transposedGeometry, transposedSize } from './freeze/transposed-geometry.ts'
import { positiveInteger } from './options/check-options.ts'
import { ownShape, QuantizedLayer, type QuantizedLayerOptions } from './quantized-layer.ts'
import { inputChannels, WINDOW_OPTIONS, type WindowOptions, windowOptions } from './window-options.ts'

export interface QuantConv2DTransposeOptions extends QuantizedLayerOptions, Omit<WindowOptions, 'padding'> {
  /** @default 'same' */
  padding?: TransposedPadding
  /** Output channels. */
  filters: number
}

export class QuantConv2DTranspose extends QuantizedLayer {
  static readonly className = 'QuantConv2DTranspose'
  readonly filters: number
  readonly kernelSize: Pair
  readonly strides: Pair
  readonly padding: TransposedPadding

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: QuantConv2DTransposeOptions) {
    super(options, ['filters', ...WINDOW_OPTIONS])
    const { title } = this
    const { kernelSize, strides, padding } = windowOptions(title, options, TRANSPOSED_PADDINGS)
    this.filters = positiveInteger(title, 'filters', options.filters)
    this.kernelSize = kernelSize
    this.strides = strides
    this.padding = padding
  }

  override get outputChannels(): number {
    return this.filters
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = inputChannels(this.title, inputShape, 4)
    this.addQuantizedWeights([...this.kernelSize, this.filters, channels], channels)
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, height, width] = ownShape(inputShape)
    const size = (input: number | null, axis: 0 | 1): number | null =>
      input === null ? null : transposedSize(this.padding, input, this.kernelSize[axis], this.strides[axis])
    return [batch, size(height, 0), size(width, 1), this.filters]
  }

  protected override outputsLast(kernel: tf.Tensor): tf.Tensor {
    return tf.transpose(kernel, [0, 1, 3, 2])
  }

  protected override product(input: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    const shape = this.computeOutputShape(input.shape) as [number, number, number, number]
    const inputsLast = tf.transpose(kernel, [0, 1, 3, 2]) as tf.Tensor4D
    return tf.conv2dTranspose(input as tf.Tensor4D, inputsLast, shape, [...this.strides] as [number, number], this.padding)
  }

  toGraph(context: ToGraphContext): string {
    const [height, width] = context.builder.type(context.inputs[0]).shape
    return this.emit(context, {
      kind: 'conv2dTranspose',
      attributes: {
        ...transposedGeometry(this.padding, [height, width], this.kernelSize, this.strides),
        dilations: [1, 1],
      },
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: [...this.kernelSize],
      strides: [...this.strides],
      padding: this.padding,
      dataFormat: 'channelsLast',
    }
  }
}
