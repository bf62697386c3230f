/** Forward and backward through a model: the loss of a batch, its gradients, and what the task's monitors tell. */
import type { AnyFacts, Task, TeacherTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { DistillerVariables } from '../losses/distiller-variables.ts'
import type { ResolvedTerm } from '../losses/loss-terms.ts'
import { totalLoss } from '../losses/total-loss.ts'
import type { StepInputs } from './step-inputs.ts'
import type { ModelTensors, TappedModel } from './tapped-model.ts'

export interface GradientPassOptions {
  readonly student: TappedModel
  readonly losses: readonly ResolvedTerm[]
  readonly distillerVariables: DistillerVariables
  /** What is trained: the model's, and the distillers'. */
  readonly variables: readonly tf.Variable[]
  readonly task: Task
  readonly facts: AnyFacts
}

/** One pass, still on the backend. A type, not an interface: only so `tf.tidy` knows it for a container of tensors. */
export type PassTensors = {
  /** `[1 + monitors]`: the mean loss over the batch and the layers' penalties, times its share; then a sum over the pictures for every monitor. Read at once. */
  readonly numbers: tf.Tensor
  /** By name of the variable; those that the loss does not depend on are absent. */
  readonly gradients: tf.NamedTensorMap
}

/** The numbers of a pass, read. */
export interface PassNumbers {
  /** Mean over the batch, times its share. */
  readonly loss: number
  /** Sums over the pictures, by name of the metric. */
  readonly monitors: Readonly<Record<string, number>>
}

/** @param numbers As `PassTensors` has them. */
export function readNumbers(task: Task, [loss, ...sums]: ArrayLike<number> & Iterable<number>): PassNumbers {
  return { loss, monitors: Object.fromEntries(Object.keys(task.monitors ?? {}).map((name, index) => [name, sums[index]])) }
}

export class GradientPass {
  readonly #options: GradientPassOptions

  constructor(options: GradientPassOptions) {
    this.#options = options
  }

  /**
   * Call inside `tf.tidy`.
   * @param teacher What it gives for these pictures.
   * @param share The part of a greater batch that this is, above 0 to 1: it scales the loss, and so the gradients.
   */
  tensors({ images, targets, compact }: StepInputs, teacher?: TeacherTensors, share = 1): PassTensors {
    const { losses, variables, facts, distillerVariables } = this.#options
    let monitored: tf.Tensor[] = []
    const { value, grads } = tf.variableGrads(() => {
      const student = this.#options.student.tensors(images, true)
      // Kept: the gradient function clears up after itself before the numbers are read.
      monitored = this.#monitor(student, compact).map((sum) => tf.keep(sum))
      const terms = totalLoss(losses, { targets, student, teacher, variables: distillerVariables, facts })
      const loss = this.#options.student.penalties().reduce<tf.Scalar>((sum, penalty) => tf.add(sum, penalty), terms)
      return share === 1 ? loss : tf.mul(loss, share)
    }, [...variables])
    const numbers = tf.stack([value, ...monitored])
    tf.dispose(monitored)
    return { numbers, gradients: grads }
  }

  /** Scalars, one for each monitor. */
  #monitor({ outputs }: ModelTensors, compact: tf.NamedTensorMap): tf.Tensor[] {
    const { task, facts } = this.#options
    return Object.values(task.monitors ?? {}).map((monitor) =>
      tf.tidy(() => tf.reshape(tf.cast(monitor(outputs, compact, facts), 'float32'), [])),
    )
  }
}
