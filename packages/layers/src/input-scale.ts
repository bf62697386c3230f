/**
 * The scale K of a binarized convolution's input: how large the values under each window were before their signs were taken.
 *
 *   forward   y = conv * K, K = mean over channels of |x|, averaged over the convolution's window
 *   gradient  exact, for the convolution's output and for x
 *
 * Rastegari, Ordonez, Redmon, Farhadi: XNOR-Net (ECCV 2016), arXiv 1603.05279, section 3.2. Windows that reach over the border
 * count zeros there.
 */
import type { Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { explicitPadding } from './same-padding.ts'

export interface InputScaleOptions {
  name?: string
  /** Those of the convolution, whose padding is `same`. */
  kernelSize: number
  /** @default 1 */
  strides?: number
  /** @default 1 */
  dilationRate?: number
}

export class InputScale extends tfl.layers.Layer {
  static readonly className = 'InputScale'
  readonly kernelSize: number
  readonly strides: number
  readonly dilationRate: number

  constructor({ name, kernelSize, strides = 1, dilationRate = 1 }: InputScaleOptions) {
    super({ name })
    this.kernelSize = kernelSize
    this.strides = strides
    this.dilationRate = dilationRate
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return (inputShape as tfl.Shape[])[0]
  }

  /** @param inputs `[convolution's output, its input before the sign]` */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [output, input] = inputs as tf.Tensor4D[]
      const magnitude = tf.mean(tf.abs(input), 3, true) as tf.Tensor4D
      const size = this.kernelSize
      const box = tf.fill([size, size, 1, 1], 1 / (size * size)) as tf.Tensor4D
      return tf.mul(output, tf.conv2d(magnitude, box, this.strides, 'same', 'NHWC', this.dilationRate))
    })
  }

  /** Magnitudes, their mean over channels, then over windows (a pool has no gaps, a dilated box does), a product. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const [output, input] = inputs
    const [height, width] = builder.type(input).shape
    const size = this.kernelSize
    const strides: Pair = [this.strides, this.strides]
    const dilations: Pair = [this.dilationRate, this.dilationRate]
    const absolute = builder.node('activation', {
      name: `${name}.absolute`,
      inputs: [input],
      attributes: { function: 'absolute' },
    })
    const magnitude = builder.node('mean', {
      name: `${name}.magnitude`,
      inputs: [absolute],
      attributes: { axes: [2], keepDimensions: true },
    })
    const geometry = { strides, padding: explicitPadding('same', [height, width], [size, size], strides, dilations) }
    const box = { name: `${name}.box`, inputs: [magnitude] }
    const scale =
      this.dilationRate === 1
        ? builder.node('averagePool', { ...box, attributes: { ...geometry, size: [size, size], countPadding: true } })
        : builder.node('conv2d', {
            ...box,
            attributes: { ...geometry, dilations },
            tensors: { weights: floatTensor(new Float32Array(size * size).fill(1 / (size * size)), [size, size, 1, 1]) },
          })
    return builder.node('multiply', { name, inputs: [output, scale] })
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernelSize, strides, dilationRate } = this
    return { ...super.getConfig(), kernelSize, strides, dilationRate }
  }
}
