/**
 * Adds channels of zeros on both sides. A shortcut without parameters gets wider in this way.
 *
 *   forward   y = [0 x below, x, 0 x above] along the channels; below = above, or above = below + 1 for an odd number
 *   gradient  exact
 *
 * He, Zhang, Ren, Sun: Deep Residual Learning (CVPR 2016), arXiv 1512.03385, section 3.3, option A. The zeros lie on both sides,
 * as in common code for CIFAR.
 */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { positiveInteger } from './options/check-options.ts'
import { inputChannels } from './window-options.ts'

export interface ChannelPaddingOptions extends LayerOptions {
  /** Number of output channels, at least that of the input. */
  channels: number
}

export class ChannelPadding extends CheckedLayer {
  static readonly className = 'ChannelPadding'
  readonly channels: number

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: ChannelPaddingOptions) {
    super(options, ['channels'])
    this.channels = positiveInteger(this.title, 'channels', options.channels)
  }

  /** Number of zero channels before and after. */
  #sides(channels: number): [number, number] {
    const more = this.channels - channels
    if (more < 0) {
      throw new OptionError({
        what: `${this.title} can only add channels.`,
        expected: `at least ${channels} channels`,
        received: `${this.channels}`,
      })
    }
    return [Math.floor(more / 2), Math.ceil(more / 2)]
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = inputShape as Shape
    this.#sides(inputChannels(this.title, inputShape, 4))
    return [...shape.slice(0, -1), this.channels]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D
      return tf.pad(x, [[0, 0], [0, 0], [0, 0], this.#sides(x.shape[3])])
    })
  }

  /** Becomes a concatenation with a map of zeros, which takes one value in the file. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const [height, width, channels] = builder.type(inputs[0]).shape
    const zeros = this.#sides(channels).map((count, index) => {
      if (count === 0) return []
      const side = `${name}.${index === 0 ? 'below' : 'above'}`
      const tensors = { value: floatTensor(new Float32Array(count), [1, 1, count]) }
      const zero = builder.node('constant', { name: `${side}.zero`, tensors })
      return [builder.node('resize', { name: side, inputs: [zero], attributes: { size: [height, width] } })]
    })
    return builder.node('concat', { name, inputs: [...zeros[0], inputs[0], ...zeros[1]], attributes: { axis: 2 } })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), channels: this.channels }
  }
}
