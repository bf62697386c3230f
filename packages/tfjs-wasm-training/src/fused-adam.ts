import * as tf from '@tensorflow/tfjs-core'
import { checkNumber } from './check-arguments.ts'
import { operandsOf, type TrainingKernel } from './training-kernel.ts'

const stepKernel = 'AdamStep'

interface Attributes {
  learningRate: number
  beta1: number
  beta2: number
  epsilon: number
  /** 1 - beta1^t */
  correction1: number
  /** 1 - beta2^t */
  correction2: number
}

/** Inputs of one shape in float32; outputs the new weights and moments. */
export const adamStep: TrainingKernel = {
  kernelName: stepKernel,
  create: (memory) => (params) => {
    const { inputs, attributes } = operandsOf<'weights' | 'gradient' | 'first' | 'second', Attributes>(params)
    const { weights, gradient, first, second } = inputs
    return memory.call(({ wasm, input, output }) => {
      const [newWeights, weightsPointer] = output(weights.shape)
      const [newFirst, firstPointer] = output(weights.shape)
      const [newSecond, secondPointer] = output(weights.shape)
      wasm.adamStep(
        input(weights),
        input(gradient),
        input(first),
        input(second),
        weightsPointer,
        firstPointer,
        secondPointer,
        tf.util.sizeFromShape(weights.shape),
        attributes.learningRate,
        1 - attributes.beta1,
        1 - attributes.beta2,
        attributes.epsilon,
        attributes.correction1,
        attributes.correction2,
      )
      return [newWeights, newFirst, newSecond]
    })
  },
}

/** A moment of one variable, in the form that the stock optimizer keeps and saves. */
interface Slot {
  originalName: string
  variable: tf.Variable
}

/** The state of `tf.AdamOptimizer`, private in its declaration. */
interface AdamState {
  accBeta1: tf.Variable
  accBeta2: tf.Variable
  accumulatedFirstMoment: Slot[]
  accumulatedSecondMoment: Slot[]
}

const slot = (name: string, variable: tf.Variable): Slot => ({
  originalName: name,
  variable: tf.tidy(() => tf.variable(tf.zerosLike(variable), false)),
})

/**
 * Adam that updates each variable in one pass instead of a dozen operations, if the training kernels are registered. In all
 * other respects it is a `tf.AdamOptimizer`: `getWeights`, `setWeights`, `getConfig` and the name in saved models are the
 * stock ones, and on other backends it takes the stock step.
 *
 * Kingma and Ba, "Adam: a method for stochastic optimization", arXiv:1412.6980.
 */
export class FusedAdam extends tf.AdamOptimizer {
  constructor(learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon?: number) {
    checkNumber('FusedAdam', 'learningRate', learningRate, 0)
    checkNumber('FusedAdam', 'beta1', beta1, 0, 1)
    checkNumber('FusedAdam', 'beta2', beta2, 0, 1)
    // Null in a saved configuration means the backend's own epsilon.
    if (epsilon !== undefined && epsilon !== null) checkNumber('FusedAdam', 'epsilon', epsilon, 0)
    super(learningRate, beta1, beta2, epsilon)
  }

  override applyGradients(variableGradients: Parameters<tf.AdamOptimizer['applyGradients']>[0]): void {
    if (!tf.getKernel(stepKernel, tf.getBackend())) {
      super.applyGradients(variableGradients)
      return
    }
    const state = this as unknown as AdamState
    const gradients: [string, tf.Tensor | null][] = Array.isArray(variableGradients)
      ? variableGradients.map(({ name, tensor }) => [name, tensor])
      : Object.entries(variableGradients)
    tf.tidy(() => {
      const step = this.iterations + 1
      const attributes: Attributes = {
        learningRate: this.learningRate,
        beta1: this.beta1,
        beta2: this.beta2,
        epsilon: this.epsilon,
        // The stock optimizer keeps and saves powers as float32 products. Their distance from 1 has few digits, so it is computed here.
        correction1: 1 - this.beta1 ** step,
        correction2: 1 - this.beta2 ** step,
      }
      gradients.forEach(([name, gradient], index) => {
        const weights = tf.engine().registeredVariables[name]
        state.accumulatedFirstMoment[index] ??= slot(`${name}/m`, weights)
        state.accumulatedSecondMoment[index] ??= slot(`${name}/v`, weights)
        if (gradient === null) return
        const first = state.accumulatedFirstMoment[index].variable
        const second = state.accumulatedSecondMoment[index].variable
        const [newWeights, newFirst, newSecond] = tf
          .engine()
          .runKernel(stepKernel, { weights, gradient, first, second }, { ...attributes }) as tf.Tensor[]
        first.assign(newFirst)
        second.assign(newSecond)
        weights.assign(newWeights)
      })
      state.accBeta1.assign(tf.mul(state.accBeta1, this.beta1))
      state.accBeta2.assign(tf.mul(state.accBeta2, this.beta2))
    })
    this.incrementIterations()
  }
}
