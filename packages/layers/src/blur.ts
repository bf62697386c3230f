/**
 * A blur with a fixed binomial filter before values are left out, so that what remains depends less on where it began.
 *
 *   forward   each channel convolved with [1 2 1] / 4 along rows and columns, in steps of the strides; `same` padding, zeros outside
 *   gradient  exact; the filter is never trained
 *
 * Zhang: Making Convolutional Networks Shift-Invariant Again (ICML 2019), arXiv 1904.11486. In QuickNet it follows a max pooling of stride 1.
 * The filter is stored once a channel, as a depthwise kernel, for such networks count it among their parameters.
 */
import type { Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { convolve } from './convolve.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { positivePair } from './options/check-options.ts'
import type { Initializer } from './options/weight-options.ts'
import { explicitPadding, windowPlaces } from './padding.ts'
import { inputChannels } from './window-options.ts'

export interface BlurOptions extends LayerOptions {
  /** @default 2 */
  strides?: number | Pair
}

const SIZE: Pair = [3, 3]
const FILTER = [1, 2, 1].flatMap((row) => [1, 2, 1].map((column) => (row * column) / 16))

/** `[3, 3, channels, 1]`, the filter for each channel. */
const filterFor = ([, , channels]: readonly number[]): tf.Tensor4D =>
  tf.tidy(() => tf.tile(tf.tensor4d(FILTER, [...SIZE, 1, 1]), [1, 1, channels, 1]))

export class Blur extends CheckedLayer {
  static readonly className = 'Blur'
  readonly strides: Pair
  #filter!: tfl.LayerVariable

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: BlurOptions = {}) {
    super(options, ['strides'])
    this.strides = positivePair(this.title, 'strides', options.strides ?? 2)
  }

  /** The initializer of its one weight, which the seed leaves as it is. */
  weightInitializer(): Initializer {
    return { apply: filterFor } as unknown as Initializer
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const channels = inputChannels(this.title, inputShape, 4)
    const isTrained = false
    this.#filter = this.addWeight('filter', [...SIZE, channels, 1], 'float32', this.weightInitializer(), undefined, isTrained)
    this.built = true
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const channels = inputChannels(this.title, inputShape, 4)
    const [batch, height, width] = inputShape as tfl.Shape
    return [batch, ...windowPlaces('same', [height, width], SIZE, this.strides), channels]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D
      const kernel = tf.reshape(this.#filter.read(), [...SIZE, 1, x.shape[3]]) as tf.Tensor4D
      return convolve(x, kernel, { strides: this.strides, dilations: [1, 1], padding: 'same', groups: x.shape[3] })
    })
  }

  /** Becomes a depthwise convolution. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const [height, width, channels] = builder.type(inputs[0]).shape
    const weights = floatTensor(this.#filter.read().dataSync(), [...SIZE, 1, channels])
    const attributes = {
      strides: this.strides,
      padding: explicitPadding('same', [height, width], SIZE, this.strides),
      groups: channels,
    }
    return builder.node('conv2d', { name, inputs, attributes, tensors: { weights } })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), strides: [...this.strides] }
  }
}
