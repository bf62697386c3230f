/**
 * A learned scale of a feature map: one factor per channel, or the outer product of factors per channel, row and column.
 *
 *   forward   y[h, w, c] = x[h, w, c] a[c], or x[h, w, c] a[c] b[h] g[w]
 *   gradient  exact, for x and the factors, which begin at 1
 *
 * Bulat, Tzimiropoulos: XNOR-Net++ (BMVC 2019), arXiv 1909.13863, section 4, cases 1 and 4. With factors for rows and columns,
 * the layer works for one image size only.
 */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor, tensorOf } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { oneOf } from './options/check-options.ts'
import { type Initializer, type InitializerOption, savedInitializers, weightInitializers } from './options/weight-options.ts'

const EXTENTS = ['channel', 'channel-height-width'] as const
export type ScaleExtent = (typeof EXTENTS)[number]

export interface LearnedScaleOptions extends LayerOptions {
  /** The axes that have factors. @default 'channel' */
  extent?: ScaleExtent
  channelInitializer?: InitializerOption
  heightInitializer?: InitializerOption
  widthInitializer?: InitializerOption
}

const ones = tfl.initializers.ones()
const initial = { channel: ones, height: ones, width: ones }

export class LearnedScale extends CheckedLayer {
  static readonly className = 'LearnedScale'
  readonly extent: ScaleExtent
  readonly #initializers: Readonly<Record<keyof typeof initial, Initializer>>
  #channel!: tfl.LayerVariable
  #height?: tfl.LayerVariable
  #width?: tfl.LayerVariable

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: LearnedScaleOptions = {}) {
    super(options, ['extent', 'channelInitializer', 'heightInitializer', 'widthInitializer'])
    this.extent = oneOf(this.title, 'extent', options.extent ?? 'channel', EXTENTS)
    this.#initializers = weightInitializers(this.title, options, initial)
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const shape = inputShape as tfl.Shape
    const initializers = this.#initializers
    this.#channel = this.addWeight('channel', [shape.at(-1)!], 'float32', initializers.channel)
    if (this.extent === 'channel-height-width') {
      const [, height, width] = shape
      if (shape.length !== 4 || height === null || width === null) {
        throw new OptionError({
          what: `${this.title} needs an image of known size to scale its rows and columns.`,
          expected: '[batch, height, width, channels], height and width known',
          received: `[${shape.map((size) => size ?? 'open').join(', ')}]`,
          fix: "Give the model's input a size, or use extent 'channel'.",
        })
      }
      this.#height = this.addWeight('height', [height, 1, 1], 'float32', initializers.height)
      this.#width = this.addWeight('width', [1, width, 1], 'float32', initializers.width)
    }
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs
      const scaled = tf.mul(x, this.#channel.read())
      if (!this.#height || !this.#width) return scaled
      return tf.mul(scaled, tf.mul(this.#height.read(), this.#width.read()))
    })
  }

  /**
   * Multiplies the factors of the channels.
   * @param factors One number per channel.
   */
  multiplyBy(factors: tf.Tensor1D): void {
    tf.tidy(() => void this.#channel.write(tf.mul(this.#channel.read(), factors)))
  }

  /** Becomes one affine and, if rows and columns have factors, one product with a constant map. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const spatial = this.#height && this.#width && tf.tidy(() => tf.mul(this.#height!.read(), this.#width!.read()))
    const scaled = builder.node('affine', {
      name: spatial ? `${name}.channel` : name,
      inputs,
      tensors: { scale: tensorOf(this.#channel.read()), shift: floatTensor([0]) },
    })
    if (!spatial) return scaled
    const map = builder.node('constant', { name: `${name}.map`, tensors: { value: tensorOf(spatial) } })
    spatial.dispose()
    return builder.node('multiply', { name, inputs: [scaled, map] })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), extent: this.extent, ...savedInitializers(this.#initializers) }
  }
}
