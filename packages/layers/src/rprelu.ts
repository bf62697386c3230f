/**
 * PReLU with a learned shift before and after it, per channel.
 *
 *   forward   y = (x - gamma) + zeta where x > gamma, else beta (x - gamma) + zeta
 *   gradient  exact, for x, gamma, beta and zeta
 *
 * Liu, Shen, Savvides, Cheng: ReActNet (ECCV 2020), arXiv 2003.03488, section 4.2. Slopes begin at 0.25, shifts at 0.
 */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import { floatTensor } from './freeze/float-tensor.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { finiteNumber } from './options/check-options.ts'
import { type Initializer, type InitializerOption, savedInitializers, weightInitializers } from './options/weight-options.ts'

export interface RPReLUOptions extends LayerOptions {
  /** Initial slope of the negative part, unless there is a `betaInitializer`. @default 0.25 */
  initialSlope?: number
  gammaInitializer?: InitializerOption
  betaInitializer?: InitializerOption
  zetaInitializer?: InitializerOption
}

export class RPReLU extends CheckedLayer {
  static readonly className = 'RPReLU'
  readonly initialSlope: number
  readonly #initializers: Readonly<Record<'gamma' | 'beta' | 'zeta', Initializer>>
  #gamma!: tfl.LayerVariable
  #beta!: tfl.LayerVariable
  #zeta!: tfl.LayerVariable

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: RPReLUOptions = {}) {
    super(options, ['initialSlope', 'gammaInitializer', 'betaInitializer', 'zetaInitializer'])
    this.initialSlope = finiteNumber(this.title, 'initialSlope', options.initialSlope ?? 0.25)
    const [zeros, slope] = [tfl.initializers.zeros(), tfl.initializers.constant({ value: this.initialSlope })]
    this.#initializers = weightInitializers(this.title, options, { gamma: zeros, beta: slope, zeta: zeros })
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const channels = (inputShape as tfl.Shape).at(-1)!
    const { gamma, beta, zeta } = this.#initializers
    this.#gamma = this.addWeight('gamma', [channels], 'float32', gamma)
    this.#beta = this.addWeight('beta', [channels], 'float32', beta)
    this.#zeta = this.addWeight('zeta', [channels], 'float32', zeta)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs
      return tf.add(tf.prelu(tf.sub(x, this.#gamma.read()), this.#beta.read()), this.#zeta.read())
    })
  }

  /** Becomes a shift, a PReLU, and a shift. */
  toGraph({ builder, name, inputs }: ToGraphContext): string {
    const valuesOf = (variable: tfl.LayerVariable): Float32Array => variable.read().dataSync() as Float32Array
    const one = floatTensor([1])
    const before = builder.node('affine', {
      name: `${name}.before`,
      inputs,
      tensors: { scale: one, shift: floatTensor(valuesOf(this.#gamma).map((value) => -value)) },
    })
    const bent = builder.node('prelu', {
      name: `${name}.prelu`,
      inputs: [before],
      tensors: { slope: floatTensor(valuesOf(this.#beta)) },
    })
    return builder.node('affine', { name, inputs: [bent], tensors: { scale: one, shift: floatTensor(valuesOf(this.#zeta)) } })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), initialSlope: this.initialSlope, ...savedInitializers(this.#initializers) }
  }
}
