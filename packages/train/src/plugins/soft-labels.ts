/**
 * Soft labels: the student's probabilities follow the teacher's, both softened by a temperature T.
 *
 *   T^2 KL(softmax(teacher / T) || softmax(student / T)), a mean over the batch and, for dense outputs, over positions
 *
 * Hinton, Vinyals, Dean: Distilling the knowledge in a neural network (2015), arXiv 1503.02531, section 2.
 */
import { type Distiller, defineDistiller, OptionError, type OutputTensor } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

function logProbabilities({ tensor, isLogits }: OutputTensor, temperature: number): tf.Tensor {
  // Logarithms of probabilities are valid logits too.
  const logits = isLogits ? tensor : tf.log(tf.clipByValue(tensor, 1e-7, 1))
  return tf.logSoftmax(tf.div(logits, temperature))
}

function divergence(student: OutputTensor, teacher: OutputTensor, temperature: number): tf.Scalar {
  const soft = logProbabilities(teacher, temperature)
  const difference = tf.sub(soft, logProbabilities(student, temperature))
  const mean = tf.mean(tf.sum(tf.mul(tf.exp(soft), difference), -1))
  return tf.mul(mean, temperature ** 2)
}

export const softLabels: Distiller = defineDistiller({
  name: 'soft-labels',
  package: '@onebit/train',
  paper: { title: 'Distilling the Knowledge in a Neural Network', authors: 'Hinton et al.', year: 2015, arxiv: '1503.02531' },
  options: {
    temperature: { default: 1, min: 0, exclusive: 'min', description: 'T; above 1, small probabilities gain weight' },
    output: { type: 'text', optional: true, description: 'name of the output to compare; default: the only output' },
  },
  compares: 'outputs',
  loss: (student, teacher, { temperature, output }) => {
    const names = Object.keys(student.outputs)
    const name = output ?? (names.length === 1 ? names[0] : undefined)
    if (name === undefined || !(name in student.outputs) || !(name in teacher.outputs)) {
      throw new OptionError({
        option: 'output',
        what: "The distiller 'soft-labels' does not know which output to compare.",
        expected: `one of ${names.join(', ')}, an output that the teacher has too`,
        received: output ?? 'none',
        fix: `Give the loss an 'output'.`,
      })
    }
    return divergence(student.outputs[name], teacher.outputs[name], temperature)
  },
})

declare module '@onebit/core' {
  interface DistillerNames {
    'soft-labels': { temperature: number; output: string }
  }
}
