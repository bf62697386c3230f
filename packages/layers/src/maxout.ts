/**
 * One learned slope for the positive part and one for the negative, per channel.
 *
 *   forward   a max(x, 0) - b max(-x, 0)
 *   gradient  exact, for x, a and b
 *
 * Tu, Chen, Ren, Wang: AdaBin (ECCV 2022), arXiv 2208.08084, section 3.4. The slopes begin at 1 and 0.25.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { type Initializer, type InitializerOption, savedInitializers, weightInitializers } from './options/weight-options.ts'

export interface MaxoutOptions extends LayerOptions {
  positiveInitializer?: InitializerOption
  negativeInitializer?: InitializerOption
}

const initial = { positive: tfl.initializers.ones(), negative: tfl.initializers.constant({ value: 0.25 }) }

export class Maxout extends CheckedLayer {
  static readonly className = 'Maxout'
  readonly #initializers: Readonly<Record<keyof typeof initial, Initializer>>
  #positive!: tfl.LayerVariable
  #negative!: tfl.LayerVariable

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: MaxoutOptions = {}) {
    super(options, ['positiveInitializer', 'negativeInitializer'])
    this.#initializers = weightInitializers(this.title, options, initial)
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const channels = (inputShape as tfl.Shape).at(-1)!
    this.#positive = this.addWeight('positive', [channels], 'float32', this.#initializers.positive)
    this.#negative = this.addWeight('negative', [channels], 'float32', this.#initializers.negative)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs
      const below = tf.mul(tf.relu(tf.neg(x)), this.#negative.read())
      return tf.sub(tf.mul(tf.relu(x), this.#positive.read()), below)
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...savedInitializers(this.#initializers) }
  }

  /** Becomes two scaled rectifiers and a sum. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const scaled = (part: string, input: string, factors: ArrayLike<number>): string => {
      const tensors = { scale: floatTensor(factors), shift: floatTensor([0]) }
      return builder.node('affine', { name: `${name}.${part}`, inputs: [input], tensors })
    }
    const relu = (part: string, input: string): string =>
      builder.node('activation', { name: `${name}.${part}`, inputs: [input], attributes: { function: 'relu' } })
    const valuesOf = (variable: tfl.LayerVariable): Float32Array => variable.read().dataSync() as Float32Array
    const above = scaled('above', relu('positive', inputs[0]), valuesOf(this.#positive))
    const flipped = relu('negative', scaled('flipped', inputs[0], [-1]))
    const below = scaled(
      'below',
      flipped,
      valuesOf(this.#negative).map((value) => -value),
    )
    return builder.node('add', { name, inputs: [above, below] })
  }
}
