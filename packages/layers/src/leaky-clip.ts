/**
 * Clip to [-1, 1] with a slope outside; slope 0 is the plain clip. Networks are fine-tuned first with the leaky clip and then
 * with the plain one, before their activations become signs.
 *
 *   forward   x where |x| <= 1, else sgn(x) (1 + slope (|x| - 1))
 *   gradient  1 where |x| <= 1, else slope
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, section 4.1.
 */
import * as tf from '@tensorflow/tfjs-core'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { finiteNumber } from './options/check-options.ts'

export interface LeakyClipOptions extends LayerOptions {
  /** Slope outside [-1, 1]; 0 clips. @default 0.1 */
  slope?: number
}

export class LeakyClip extends CheckedLayer {
  static readonly className = 'LeakyClip'
  readonly slope: number

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: LeakyClipOptions = {}) {
    super(options, ['slope'])
    this.slope = finiteNumber(this.title, 'slope', options.slope ?? 0.1)
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs
      const clipped = tf.clipByValue(x, -1, 1)
      return this.slope === 0 ? clipped : tf.add(tf.mul(clipped, 1 - this.slope), tf.mul(x, this.slope))
    })
  }

  /** Becomes the sum of a scaled clip and a scaled identity. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const attributes = { minimum: -1, maximum: 1 }
    if (this.slope === 0) return builder.node('clip', { name, inputs, attributes })
    const scaled = (part: string, input: string, factor: number): string => {
      return builder.node('affine', {
        name: `${name}.${part}`,
        inputs: [input],
        tensors: { scale: floatTensor([factor]), shift: floatTensor([0]) },
      })
    }
    const clipped = builder.node('clip', { name: `${name}.clip`, inputs, attributes })
    const shares = [scaled('inside', clipped, 1 - this.slope), scaled('outside', inputs[0], this.slope)]
    return builder.node('add', { name, inputs: shares })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), slope: this.slope }
  }
}
