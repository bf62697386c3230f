/**
 * The base class of optimizers, which your own optimizer extends. It keeps the count of steps and the slots by weight name.
 * Checkpoints save and restore both, bit for bit.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type Values, valuesOf } from '../model/weight-values.ts'

/** One weight with its gradient. */
export interface Update {
  /** Stable name of the weight. */
  readonly name: string
  readonly variable: tf.Variable
  readonly gradient: tf.Tensor
  /** True if this is the kernel of a layer whose weight quantizer binarizes it. */
  readonly binary: boolean
  /** True if weight decay acts on it. It acts on kernels, and on all weights of a group with its own decay. */
  readonly decays: boolean
}

export interface OptimizerState {
  readonly steps: number
  /** By `weight name:slot`. */
  readonly slots: ReadonlyMap<string, Values>
}

export abstract class Optimizer {
  protected steps = 0
  readonly #slots = new Map<string, tf.Variable>()

  /** One step. The learning rate already has the schedule in it; `factor` is the schedule alone, from 0 to 1. */
  apply(updates: readonly Update[], learningRate: number, factor: number): void {
    this.steps++
    for (const update of updates) tf.tidy(() => this.update(update, learningRate, factor))
  }

  protected abstract update(update: Update, learningRate: number, factor: number): void

  /** A variable of the weight's shape that starts at zero. */
  protected slot({ name, variable }: Update, kind: string): tf.Variable {
    const key = `${name}:${kind}`
    let slot = this.#slots.get(key)
    if (!slot) {
      slot = tf.variable(tf.zerosLike(variable), false)
      this.#slots.set(key, slot)
    }
    return slot
  }

  /** A copy of the state that the next steps depend on. */
  async state(): Promise<OptimizerState> {
    return { steps: this.steps, slots: await valuesOf(this.#slots) }
  }

  restore({ steps, slots }: OptimizerState): void {
    this.dispose()
    this.steps = steps
    for (const [key, { shape, data }] of slots) {
      this.#slots.set(
        key,
        tf.tidy(() => tf.variable(tf.tensor(data, shape as number[], 'float32'), false)),
      )
    }
  }

  dispose(): void {
    for (const slot of this.#slots.values()) slot.dispose()
    this.#slots.clear()
  }
}
