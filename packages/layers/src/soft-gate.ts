/**
 * A learned soft connection that mixes two inputs by one share.
 *
 *   forward   y = g a + (1 - g) b, g = sigmoid(theta), one scalar
 *   gradient  exact, for a, b and theta, which begins uniformly between 0 and 1
 *
 * Zhuang, Shen, Tan, Liu, Reid: Group-Net (CVPR 2019), arXiv 1811.10413, section 3.2.2: a group may read its own predecessor or
 * the mean of all.
 */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { checkInputCount, checkOneShape } from './options/check-options.ts'
import { type Initializer, type InitializerOption, savedInitializers, weightInitializers } from './options/weight-options.ts'
import { initializerOf } from './quantizer-initializer.ts'

export interface SoftGateOptions extends LayerOptions {
  thetaInitializer?: InitializerOption
}

const initial = { theta: initializerOf({ uniform: [0, 1] }) }

export class SoftGate extends CheckedLayer {
  static readonly className = 'SoftGate'
  readonly #initializers: Readonly<Record<'theta', Initializer>>
  #theta!: tfl.LayerVariable

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: SoftGateOptions = {}) {
    super(options, ['thetaInitializer'])
    this.#initializers = weightInitializers(this.title, options, initial)
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    checkInputCount(this.title, inputShape, 2)
    checkOneShape(this.title, inputShape as tfl.Shape[])
    this.#theta = this.addWeight('theta', [1], 'float32', this.#initializers.theta)
    this.built = true
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return (inputShape as tfl.Shape[])[0]
  }

  /** @param inputs `[a, b]`, of one shape. */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [a, b] = inputs as tf.Tensor[]
      const gate = tf.sigmoid(this.#theta.read())
      return tf.add(tf.mul(a, gate), tf.mul(b, tf.sub(1, gate)))
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...savedInitializers(this.#initializers) }
  }

  /** Becomes two affines and a sum. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const gate = 1 / (1 + Math.exp(-this.#theta.read().dataSync()[0]))
    const terms = [gate, 1 - gate].map((share, index) =>
      builder.node('affine', {
        name: `${name}.share${index + 1}`,
        inputs: [inputs[index]],
        tensors: { scale: floatTensor([share]), shift: floatTensor([0]) },
      }),
    )
    return builder.node('add', { name, inputs: terms })
  }
}
