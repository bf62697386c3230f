/**
 * The sum of several values, each times a learned scalar.
 *
 *   forward   y = sum over k of s_k x_k
 *   gradient  exact, for the x_k and the s_k, which begin uniformly between 0 and 1
 *
 * Zhuang, Shen, Tan, Liu, Reid: Group-Net (CVPR 2019), arXiv 1811.10413, section 3.2: the linear combination of binary bases.
 */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { checkInputCount, checkOneShape } from './options/check-options.ts'
import { type Initializer, type InitializerOption, savedInitializers, weightInitializers } from './options/weight-options.ts'
import { initializerOf } from './quantizer-initializer.ts'

export interface ScaledSumOptions extends LayerOptions {
  scalesInitializer?: InitializerOption
}

const initial = { scales: initializerOf({ uniform: [0, 1] }) }

export class ScaledSum extends CheckedLayer {
  static readonly className = 'ScaledSum'
  readonly #initializers: Readonly<Record<'scales', Initializer>>
  #scales!: tfl.LayerVariable

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: ScaledSumOptions = {}) {
    super(options, ['scalesInitializer'])
    this.#initializers = weightInitializers(this.title, options, initial)
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    checkInputCount(this.title, inputShape)
    checkOneShape(this.title, inputShape as tfl.Shape[])
    this.#scales = this.addWeight('scales', [(inputShape as tfl.Shape[]).length], 'float32', this.#initializers.scales)
    this.built = true
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return (inputShape as tfl.Shape[])[0]
  }

  /** @param inputs Two or more tensors of one shape. */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const scales = tf.unstack(this.#scales.read())
      return tf.addN((inputs as tf.Tensor[]).map((x, index) => tf.mul(x, scales[index])))
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...savedInitializers(this.#initializers) }
  }

  /** Becomes an affine per input, then sums. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const scales = this.#scales.read().dataSync()
    const terms = inputs.map((input, index) =>
      builder.node('affine', {
        name: `${name}.term${index + 1}`,
        inputs: [input],
        tensors: { scale: floatTensor([scales[index]]), shift: floatTensor([0]) },
      }),
    )
    return terms.reduce((sum, term, index) => {
      return builder.node('add', { name: index === terms.length - 1 ? name : `${name}.sum${index}`, inputs: [sum, term] })
    })
  }
}
