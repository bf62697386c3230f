/** Forward and backward through a model: the loss of a batch, and its gradients. */
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { type LossTerm, layersTapped, totalLoss } from '../losses.ts'
import { namedLayers } from '../model/named-weights.ts'
import { ScoredModel } from './scored-model.ts'

/** A batch on the backend. */
export interface StepInputs {
  /** `[count, height, width, channels]` */
  readonly images: tf.Tensor
  /** `[count, classes]`, rows that sum to 1. */
  readonly targets: tf.Tensor
  /** `[count]`, int32, what the images are; mixed targets have them still. */
  readonly labels: tf.Tensor
}

export interface GradientPassOptions {
  readonly losses: readonly LossTerm[]
  /** Those of the model that are trained. */
  readonly variables: readonly tf.Variable[]
  readonly teacher?: LayersModel
}

/** One pass, still on the backend. A type, not an interface: only so `tf.tidy` knows it for a container of tensors. */
export type PassTensors = {
  /** Mean over the batch and the layers' penalties, times its share. */
  readonly loss: tf.Scalar
  /** Images labeled right. */
  readonly correct: tf.Tensor
  /** By name of the variable; those that the loss does not depend on are absent. */
  readonly gradients: tf.NamedTensorMap
}

/** One pass with its numbers read. */
export interface PassResult extends Pick<PassTensors, 'gradients'> {
  readonly loss: number
  readonly correct: number
}

/** The loss and what the regularizers of the model's layers add to it. A sequential model does not tell those of its layers itself. */
function penalized(loss: tf.Scalar, model: LayersModel): tf.Scalar {
  const penalties = namedLayers(model).flatMap(({ layer }) => layer.calculateLosses())
  return penalties.reduce<tf.Scalar>((sum, penalty) => tf.add(sum, penalty), loss)
}

export class GradientPass {
  readonly #model: LayersModel
  readonly #options: GradientPassOptions
  readonly #student: ScoredModel
  readonly #teacher?: ScoredModel

  /** @throws OptionError if a loss taps a layer that is not there. */
  constructor(model: LayersModel, options: GradientPassOptions) {
    this.#model = model
    this.#options = options
    this.#student = new ScoredModel(model, layersTapped(options.losses, 'student'))
    this.#teacher = options.teacher && new ScoredModel(options.teacher, layersTapped(options.losses, 'teacher'))
  }

  /**
   * Call inside `tf.tidy`.
   * @param share The part of a greater batch that this is, above 0 to 1: it scales the loss, and so the gradients.
   */
  tensors({ images, targets, labels }: StepInputs, share = 1): PassTensors {
    const { losses, variables } = this.#options
    const teacher = this.#teacher?.outputs(images, false)
    let right: tf.Tensor | undefined
    const { value, grads } = tf.variableGrads(() => {
      const student = this.#student.outputs(images, true)
      // Kept: the gradient function clears up after itself before the number is read.
      right = tf.keep(tf.sum(tf.equal(tf.argMax(student.scores, -1), labels)))
      const loss = penalized(totalLoss(losses, targets, student, teacher), this.#model)
      return share === 1 ? loss : tf.mul(loss, share)
    }, [...variables])
    const correct = tf.clone(right!)
    right!.dispose()
    return { loss: value, correct, gradients: grads }
  }

  /** The same, read at once, which WebGPU cannot. Call inside `tf.tidy`. */
  run(inputs: StepInputs, share = 1): PassResult {
    const { loss, correct, gradients } = this.tensors(inputs, share)
    return { loss: loss.dataSync()[0], correct: correct.dataSync()[0], gradients }
  }
}
