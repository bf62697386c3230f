/**
 * A learned mixture of two values, one share per channel.
 *
 *   forward   y = s a + (1 - s) b, with s clipped to [0, 1]
 *   gradient  exact for a and b; for s the clip is ignored, so that s can return
 *
 * Guo, Bethge, Meinel, Yang: BNext (2022), arXiv 2211.12933, the recoupling of information in front of its gates. The shares begin at one half.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { checkInputCount, checkOneShape } from './options/check-options.ts'
import { type Initializer, type InitializerOption, savedInitializers, weightInitializers } from './options/weight-options.ts'

export interface ChannelMixOptions extends LayerOptions {
  shareInitializer?: InitializerOption
}

const initial = { share: tfl.initializers.constant({ value: 0.5 }) }

/** Clips to [0, 1], with the gradient of the identity. */
const kept = (share: tf.Tensor): tf.Tensor =>
  tf.customGrad((x) => ({ value: tf.clipByValue(x as tf.Tensor, 0, 1), gradFunc: (dy: tf.Tensor) => dy }))(share)

export class ChannelMix extends CheckedLayer {
  static readonly className = 'ChannelMix'
  readonly #initializers: Readonly<Record<'share', Initializer>>
  #share!: tfl.LayerVariable

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: ChannelMixOptions = {}) {
    super(options, ['shareInitializer'])
    this.#initializers = weightInitializers(this.title, options, initial)
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    checkInputCount(this.title, inputShape, 2)
    const [first, second] = inputShape as tfl.Shape[]
    checkOneShape(this.title, [first, second])
    this.#share = this.addWeight('share', [first.at(-1)!], 'float32', this.#initializers.share)
    this.built = true
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return (inputShape as tfl.Shape[])[0]
  }

  /** @param inputs `[a, b]`, of one shape, channels last. */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [a, b] = inputs as tf.Tensor[]
      const share = kept(this.#share.read())
      return tf.add(tf.mul(a, share), tf.mul(b, tf.sub(1, share)))
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...savedInitializers(this.#initializers) }
  }

  /** Becomes two affines and a sum. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const share = tf.tidy(() => kept(this.#share.read()).dataSync())
    const terms = [share, share.map((value) => 1 - value)].map((scale, index) =>
      builder.node('affine', {
        name: `${name}.share${index + 1}`,
        inputs: [inputs[index]],
        tensors: { scale: floatTensor(scale), shift: floatTensor([0]) },
      }),
    )
    return builder.node('add', { name, inputs: terms })
  }
}
