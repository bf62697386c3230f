/**
 * Attention matching: the student should be active at the same positions as its teacher.
 *
 *   Q = sum over channels of A^2                              the attention map of an activation A, flattened
 *   paper     sum over taps of | Q_S / |Q_S| - Q_T / |Q_T| |  L2 norms, not squared; a mean over the batch
 *   maximum   mean over taps of mean (Q_S / max Q_S - Q_T / max Q_T)^2
 *
 * Martinez, Yang, Bulat, Tzimiropoulos: Training binary neural networks with real-to-binary convolutions (ICLR 2020), arXiv
 * 2003.11535, section 4.2, equation 2; after Zagoruyko, Komodakis, arXiv 1612.03928. The published reproduction uses the form
 * `maximum`, and its weight of 30 belongs to that form.
 */
import { type Distiller, defineDistiller } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

const FORMS = ['paper', 'maximum'] as const

/** Keeps the gradient of a norm finite if a map is all zeros. */
const EPSILON = 1e-12

/** `[batch, height x width]` of an activation `[batch, height, width, channels]`. */
function attention(activation: tf.Tensor): tf.Tensor2D {
  return tf.reshape(tf.sum(tf.square(activation), -1), [activation.shape[0], -1])
}

const length = (map: tf.Tensor): tf.Tensor => tf.sqrt(tf.add(tf.sum(tf.square(map), 1, true), EPSILON))

function byLength(student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  const difference = tf.sub(tf.div(student, length(student)), tf.div(teacher, length(teacher)))
  return tf.mean(length(difference))
}

function byMaximum(student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  const scaled = (map: tf.Tensor): tf.Tensor => tf.div(map, tf.add(tf.max(map, 1, true), EPSILON))
  return tf.mean(tf.square(tf.sub(scaled(student), scaled(teacher))))
}

export const attentionMatching: Distiller = defineDistiller({
  name: 'attention-matching',
  package: '@onebit/train',
  paper: { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' },
  options: { form: { default: 'paper', values: FORMS, description: 'scaling and comparison of attention maps' } },
  loss: (student, teacher, { form }) => {
    const taps = Object.keys(student.taps)
    const terms = taps.map((tap) => {
      const maps = [attention(student.taps[tap]), attention(teacher.taps[tap])] as const
      return form === 'paper' ? byLength(...maps) : byMaximum(...maps)
    })
    const total = tf.addN(terms) as tf.Scalar
    return form === 'paper' ? total : tf.div(total, taps.length)
  },
})

declare module '@onebit/core' {
  interface DistillerNames {
    'attention-matching': { form: (typeof FORMS)[number] }
  }
}
