/** The loss of a stage on pictures outside its training set: the same terms and penalties as in training, without mix-up. */
import * as tf from '@tensorflow/tfjs-core'
import type { ForwardPass } from '../evaluate.ts'
import { totalLoss } from '../losses/total-loss.ts'
import { targetTensors } from '../targets.ts'
import type { TaskContext } from '../task-context.ts'
import { disposeTensors } from '../teacher/row-layout.ts'
import type { PreparedStage } from './prepared-stage.ts'

/** One pass computes both the outputs for the metrics and the loss. */
export function evaluationPass(prepared: PreparedStage, { task, facts }: TaskContext): ForwardPass {
  const { student, teacher: follows, distillerVariables: variables, encoder, stage } = prepared
  return async (images, batch) => {
    const teacher = await follows?.compute(images)
    const measured = tf.tidy(() => {
      const compact = targetTensors(encoder.encode(batch).targets, encoder.shapes, batch.count)
      const targets = task.expand?.(compact, facts, stage.settings) ?? compact
      const tensors = student.tensors(images, false)
      const terms = totalLoss(stage.losses, { targets, student: tensors, teacher, variables, facts })
      const loss = student.penalties().reduce<tf.Scalar>((sum, penalty) => tf.add(sum, penalty), terms)
      return { outputs: student.finished(tensors), loss }
    })
    disposeTensors(teacher)
    return measured
  }
}
