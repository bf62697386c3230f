/** A convolution with quantized input and kernel. It is a drop-in replacement for `tf.layers.conv2d`, NHWC. */
import { OptionError } from '@onebit/core'
import type * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { positiveInteger } from './options/check-options.ts'
import { QuantizedConvolution, type QuantizedConvolutionOptions } from './quantized-convolution.ts'
import { inputChannels } from './window-options.ts'

export interface QuantConv2DOptions extends QuantizedConvolutionOptions {
  /** Output channels. */
  filters: number
  /** Number of channel groups, which are convolved separately. It divides the input channels and the filters. @default 1 */
  groups?: number
}

export class QuantConv2D extends QuantizedConvolution {
  static readonly className = 'QuantConv2D'
  readonly filters: number
  readonly groups: number

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: QuantConv2DOptions) {
    super(options, ['filters', 'groups'])
    const { title } = this
    this.filters = positiveInteger(title, 'filters', options.filters)
    this.groups = positiveInteger(title, 'groups', options.groups ?? 1)
    this.#checkGroups(this.filters, 'filters')
  }

  #checkGroups(count: number, of: string): void {
    if (count % this.groups === 0) return
    throw new OptionError({
      what: `${this.title} cannot divide its ${of} into groups.`,
      expected: `a multiple of ${this.groups}`,
      received: `${count}`,
    })
  }

  override get outputChannels(): number {
    return this.filters
  }

  protected override get channelGroups(): number {
    return this.groups
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = inputChannels(this.title, inputShape, 4)
    this.#checkGroups(channels, 'input channels')
    this.addQuantizedWeights([...this.kernelSize, channels / this.groups, this.filters], channels)
    this.built = true
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.filters, groups: this.groups }
  }
}
