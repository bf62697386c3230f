/**
 * A learned scale of a feature map: one factor per channel, or the outer product of one per channel, row and column.
 *
 *   forward   y[h, w, c] = x[h, w, c] a[c], or x[h, w, c] a[c] b[h] g[w]
 *   gradient  exact, for x and the factors, which begin at 1
 *
 * Bulat, Tzimiropoulos: XNOR-Net++ (BMVC 2019), arXiv 1909.13863, section 4, cases 1 and 4. With factors over rows and columns
 * the layer is bound to one size of image.
 */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { floatTensor, tensorOf } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { toldInitializers } from './told-initializers.ts'

const EXTENTS = ['channel', 'channel-height-width'] as const
export type ScaleExtent = (typeof EXTENTS)[number]

export interface LearnedScaleOptions {
  name?: string
  trainable?: boolean
  /** What has factors of its own. @default 'channel' */
  extent?: ScaleExtent
}

export class LearnedScale extends tfl.layers.Layer {
  static readonly className = 'LearnedScale'
  readonly extent: ScaleExtent
  #channel!: tfl.LayerVariable
  #height?: tfl.LayerVariable
  #width?: tfl.LayerVariable

  constructor(options: LearnedScaleOptions = {}) {
    super({ name: options.name, trainable: options.trainable })
    this.extent = options.extent ?? 'channel'
    if (!EXTENTS.includes(this.extent)) {
      throw new OptionError({
        what: `Layer '${this.name}' cannot scale per '${this.extent}'.`,
        expected: EXTENTS.join(' or '),
        received: this.extent,
      })
    }
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const [, height, width, channels] = inputShape as tfl.Shape
    const ones = tfl.initializers.ones()
    this.#channel = this.addWeight('channel', [channels], 'float32', ones)
    if (this.extent === 'channel-height-width') {
      if (height === null || width === null) {
        throw new OptionError({
          what: `Layer '${this.name}' scales rows and columns of an image whose size is open.`,
          expected: 'a known height and width',
          received: `[${inputShape}]`,
          fix: "Give the model's input a size, or use extent 'channel'.",
        })
      }
      this.#height = this.addWeight('height', [height, 1, 1], 'float32', ones)
      this.#width = this.addWeight('width', [1, width, 1], 'float32', ones)
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

  /** One affine, and where rows and columns have factors, one product with a constant map. */
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
    const ones = tfl.initializers.ones()
    return { ...super.getConfig(), extent: this.extent, ...toldInitializers({ channel: ones, height: ones, width: ones }) }
  }
}
