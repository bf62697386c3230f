/**
 * Bilinear resizing of feature maps to a fixed size, for the end of dense tasks' networks.
 *
 *   forward   each value is a mean of its four neighbors, weighted by distance; pixel centers are at halves, so nothing shifts
 *   gradient  exact
 *
 * Rows and columns are interpolated one after the other, each by a product with a constant matrix. TensorFlow.js' own resizing
 * has a gradient only if corners lie at pixel centers, and `upSampling2d` shifts the map by up to half an input pixel.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { positivePair } from './options/check-options.ts'
import { inputChannels } from './window-options.ts'

export interface BilinearResizeOptions extends LayerOptions {
  /** `[height, width]` of the output. */
  size: readonly [height: number, width: number]
}

/**
 * `[to, from]`: the weight of each input row or column in each output row or column. Beyond the outermost centers the border
 * repeats.
 */
function interpolation(from: number, to: number): tf.Tensor2D {
  const matrix = new Float32Array(to * from)
  for (let index = 0; index < to; index++) {
    const position = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1)
    const first = Math.floor(position)
    const share = position - first
    matrix[index * from + first] += 1 - share
    matrix[index * from + Math.min(first + 1, from - 1)] += share
  }
  return tf.tensor2d(matrix, [to, from])
}

export class BilinearResize extends CheckedLayer {
  static readonly className = 'BilinearResize'
  readonly size: readonly [height: number, width: number]

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: BilinearResizeOptions) {
    super(options, ['size'])
    const [height, width] = positivePair(this.title, 'size', options.size)
    this.size = [height, width]
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const channels = inputChannels(this.title, inputShape, 4)
    return [(inputShape as Shape)[0], ...this.size, channels]
  }

  /** @param inputs `[batch, height, width, channels]` */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs
      const [batch, height, width, channels] = x.shape as [number, number, number, number]
      const [toHeight, toWidth] = this.size
      const rows = tf.expandDims(interpolation(height, toHeight))
      const columns = tf.expandDims(interpolation(width, toWidth))
      const high = tf.matMul(rows, tf.reshape(x, [batch, height, width * channels]))
      const wide = tf.matMul(columns, tf.reshape(high, [batch * toHeight, width, channels]))
      return tf.reshape(wide, [batch, toHeight, toWidth, channels])
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: [...this.size] }
  }

  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const attributes = { size: this.size, method: 'bilinear', halfPixelCenters: true } as const
    return builder.node('resize', { name, inputs, attributes })
  }
}
