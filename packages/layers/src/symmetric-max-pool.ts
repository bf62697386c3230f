/**
 * Max pooling whose windows reach equally far over all borders, as those of PyTorch's networks do. Taps outside the image do not count.
 *
 *   forward   the largest value under each window, which begins (size - 1) / 2 values before the image, rounded down
 *   gradient  exact
 *
 * `tf.layers.maxPooling2d` with `same` padding begins at the image where stride and size are even: its windows lie one pixel further.
 */
import type { Pair } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Shape } from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { positivePair } from './options/check-options.ts'
import { explicitPadding, windowPlaces } from './padding.ts'
import { inputChannels } from './window-options.ts'

export interface SymmetricMaxPoolOptions extends LayerOptions {
  /** Of the window. */
  poolSize: number | Pair
  /** @default the size of the window */
  strides?: number | Pair
}

export class SymmetricMaxPool extends CheckedLayer {
  static readonly className = 'SymmetricMaxPool'
  readonly poolSize: Pair
  readonly strides: Pair

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: SymmetricMaxPoolOptions) {
    super(options, ['poolSize', 'strides'])
    this.poolSize = positivePair(this.title, 'poolSize', options.poolSize)
    this.strides = positivePair(this.title, 'strides', options.strides ?? options.poolSize)
  }

  #padding(height: number, width: number): ReturnType<typeof explicitPadding> {
    return explicitPadding('symmetric', [height, width], this.poolSize, this.strides)
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const channels = inputChannels(this.title, inputShape, 4)
    const [batch, height, width] = inputShape as Shape
    return [batch, ...windowPlaces('symmetric', [height, width], this.poolSize, this.strides), channels]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D
      const [top, bottom, left, right] = this.#padding(x.shape[1], x.shape[2])
      const [size, strides] = [[...this.poolSize] as [number, number], [...this.strides] as [number, number]]
      return tf.maxPool(x, size, strides, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ])
    })
  }

  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const [height, width] = builder.type(inputs[0]).shape
    const { poolSize: size, strides } = this
    return builder.node('maxPool', { name, inputs, attributes: { size, strides, padding: this.#padding(height, width) } })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), poolSize: [...this.poolSize], strides: [...this.strides] }
  }
}
