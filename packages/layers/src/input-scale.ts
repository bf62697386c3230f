/**
 * The scale K of a binarized convolution's input: the mean magnitude of the values under each window, before the sign.
 *
 *   forward   y = conv * K, K = mean over channels of |x|, averaged over the convolution's window
 *   gradient  exact, for the convolution's output and for x
 *
 * Rastegari, Ordonez, Redmon, Farhadi: XNOR-Net (ECCV 2016), arXiv 1603.05279, section 3.2. A window that reaches over the border
 * counts zeros there.
 */
import type { Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { convolve } from './convolve.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { checkInputCount, oneOf, positivePair } from './options/check-options.ts'
import { explicitPadding, PADDING_MODES, type PaddingMode } from './padding.ts'

/** The options of the convolution. */
export interface InputScaleOptions extends LayerOptions {
  kernelSize: number | Pair
  /** @default 1 */
  strides?: number | Pair
  /** @default 1 */
  dilationRate?: number | Pair
  /** @default 'same' */
  padding?: PaddingMode
}

export class InputScale extends CheckedLayer {
  static readonly className = 'InputScale'
  readonly kernelSize: Pair
  readonly strides: Pair
  readonly dilationRate: Pair
  readonly padding: PaddingMode

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: InputScaleOptions) {
    super(options, ['kernelSize', 'strides', 'dilationRate', 'padding'])
    this.kernelSize = positivePair(this.title, 'kernelSize', options.kernelSize)
    this.strides = positivePair(this.title, 'strides', options.strides ?? 1)
    this.dilationRate = positivePair(this.title, 'dilationRate', options.dilationRate ?? 1)
    this.padding = oneOf(this.title, 'padding', options.padding ?? 'same', PADDING_MODES)
  }

  override build(inputShape: Shape | Shape[]): void {
    checkInputCount(this.title, inputShape, 2)
    this.built = true
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return (inputShape as Shape[])[0]
  }

  /** @param inputs `[convolution's output, its input before the sign]` */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [output, input] = inputs as tf.Tensor4D[]
      const magnitude = tf.mean(tf.abs(input), 3, true) as tf.Tensor4D
      const [height, width] = this.kernelSize
      const box = tf.fill([height, width, 1, 1], 1 / (height * width)) as tf.Tensor4D
      const { strides, dilationRate: dilations, padding } = this
      return tf.mul(output, convolve(magnitude, box, { strides, dilations, padding, groups: 1 }))
    })
  }

  /**
   * Becomes magnitudes, their mean over channels, a mean over windows, and a product. A pool has no gaps, so a dilated window
   * needs a box convolution.
   */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const [output, input] = inputs
    const [height, width] = builder.type(input).shape
    const { kernelSize: size, strides, dilationRate: dilations, padding } = this
    const taps = size[0] * size[1]
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
    const geometry = { strides, padding: explicitPadding(padding, [height, width], size, strides, dilations) }
    const box = { name: `${name}.box`, inputs: [magnitude] }
    const scale =
      Math.max(...dilations) === 1
        ? builder.node('averagePool', { ...box, attributes: { ...geometry, size, countPadding: true } })
        : builder.node('conv2d', {
            ...box,
            attributes: { ...geometry, dilations },
            tensors: { weights: floatTensor(new Float32Array(taps).fill(1 / taps), [...size, 1, 1]) },
          })
    return builder.node('multiply', { name, inputs: [output, scale] })
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernelSize, strides, dilationRate, padding } = this
    const geometry = { kernelSize: [...kernelSize], strides: [...strides], dilationRate: [...dilationRate], padding }
    return { ...super.getConfig(), ...geometry }
  }
}
