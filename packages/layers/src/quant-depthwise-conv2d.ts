/**
 * A depthwise convolution with quantized input and kernel, which convolves every channel separately. It is a drop-in replacement
 * for `tf.layers.depthwiseConv2d`, NHWC, with `dilationRate`. It freezes to a convolution with one group per channel. Its weight
 * options have the names of the other quantized layers: `kernelQuantizer`, `kernelInitializer`.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { positiveInteger } from './options/check-options.ts'
import { QuantizedConvolution, type QuantizedConvolutionOptions } from './quantized-convolution.ts'
import { ownShape } from './quantized-layer.ts'
import { inputChannels } from './window-options.ts'

export interface QuantDepthwiseConv2DOptions extends QuantizedConvolutionOptions {
  /** Number of outputs per input channel. @default 1 */
  depthMultiplier?: number
}

export class QuantDepthwiseConv2D extends QuantizedConvolution {
  static readonly className = 'QuantDepthwiseConv2D'
  readonly depthMultiplier: number
  #channels = 0

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: QuantDepthwiseConv2DOptions) {
    super(options, ['depthMultiplier'])
    const { title } = this
    this.depthMultiplier = positiveInteger(title, 'depthMultiplier', options.depthMultiplier ?? 1)
  }

  override get outputChannels(): number {
    return this.#channels * this.depthMultiplier
  }

  protected override get channelGroups(): number {
    return this.#channels
  }

  override build(inputShape: Shape | Shape[]): void {
    this.#channels = inputChannels(this.title, inputShape, 4)
    this.addQuantizedWeights([...this.kernelSize, this.#channels, this.depthMultiplier], this.#channels)
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const channels = ownShape(inputShape).at(-1)!
    return [...super.computeOutputShape(inputShape).slice(0, -1), channels * this.depthMultiplier]
  }

  /** `[height, width, in, multiplier]` as `[height, width, 1, out]`: the same values in the same order. */
  protected override outputsLast(kernel: tf.Tensor): tf.Tensor {
    return tf.reshape(kernel, [...this.kernelSize, 1, this.outputChannels])
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), depthMultiplier: this.depthMultiplier }
  }
}
