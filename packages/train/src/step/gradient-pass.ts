/** A forward and backward pass through a model: the loss of a batch, its gradients, and the values of the task's monitors. */
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
  /** The variables to train: those of the model and of the distillers. */
  readonly variables: readonly tf.Variable[]
  readonly task: Task
  readonly facts: AnyFacts
}

/**
 * One pass, still on the backend. It is a type and not an interface, because only a type counts as a container of tensors in
 * `tf.tidy`.
 */
export type PassTensors = {
  /**
   * `[1 + monitors]`. First the mean loss over the batch plus the layers' penalties, times the share; then, for every monitor,
   * its sum over the pictures. One tensor, so that one read is enough.
   */
  readonly numbers: tf.Tensor
  /** By variable name. Variables without influence on the loss are absent. */
  readonly gradients: tf.NamedTensorMap
}

/** The values of a pass, read from the backend. */
export interface PassNumbers {
  /** Mean over the batch, times the share. */
  readonly loss: number
  /** Sums over the pictures, by name of the metric. */
  readonly monitors: Readonly<Record<string, number>>
}

/** @param numbers The values of `PassTensors.numbers`. */
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
   * @param teacher The teacher's tensors for these pictures.
   * @param share The part of a larger batch, above 0 to 1. It scales the loss, and so the gradients.
   */
  tensors({ images, targets, compact }: StepInputs, teacher?: TeacherTensors, share = 1): PassTensors {
    const { losses, variables, facts, distillerVariables } = this.#options
    let monitored: tf.Tensor[] = []
    const { value, grads } = tf.variableGrads(() => {
      const student = this.#options.student.tensors(images, true)
      // Keep them, because the gradient function disposes of its tensors before the numbers are read.
      monitored = this.#monitor(student, compact).map((sum) => tf.keep(sum))
      const terms = totalLoss(losses, { targets, student, teacher, variables: distillerVariables, facts })
      const loss = this.#options.student.penalties().reduce<tf.Scalar>((sum, penalty) => tf.add(sum, penalty), terms)
      return share === 1 ? loss : tf.mul(loss, share)
    }, [...variables])
    const numbers = tf.stack([value, ...monitored])
    tf.dispose(monitored)
    return { numbers, gradients: grads }
  }

  /** One scalar per monitor. */
  #monitor({ outputs }: ModelTensors, compact: tf.NamedTensorMap): tf.Tensor[] {
    const { task, facts } = this.#options
    return Object.values(task.monitors ?? {}).map((monitor) =>
      tf.tidy(() => tf.reshape(tf.cast(monitor(outputs, compact, facts), 'float32'), [])),
    )
  }
}
