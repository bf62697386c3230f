/**
 * Attention matching. The student should be active at the same positions as its teacher.
 *
 *   Q = sum over channels of A^2                              the attention map of an activation A, flattened
 *   paper     sum over taps of | Q_S / |Q_S| - Q_T / |Q_T| |  L2 norms, not squared; a mean over the batch
 *   maximum   mean over taps of mean (Q_S / max Q_S - Q_T / max Q_T)^2
 *
 * The numbers of channels may differ. A teacher's map of another size is resized to the student's.
 *
 * Martinez, Yang, Bulat, Tzimiropoulos: Training binary neural networks with real-to-binary convolutions (ICLR 2020),
 * arXiv 2003.11535, section 4.2, equation 2; after Zagoruyko, Komodakis, arXiv 1612.03928. `maximum` is the form of the published
 * reproduction (larq zoo), with which it uses the weight 30.
 */
import { type Distiller, defineDistiller } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { requireMaps } from './compared-taps.ts'
import { fixed } from './fixed.ts'
import { resized } from './resized.ts'

const FORMS = ['paper', 'maximum'] as const

/** Keeps the gradient of a norm finite if a map is all zeros. */
const EPSILON = 1e-12

/** `[batch, height, width, 1]` of an activation `[batch, height, width, channels]`. */
const energy = (activation: tf.Tensor): tf.Tensor4D => tf.sum(tf.square(activation), -1, true)

/** The attention maps of both sides, `[batch, height x width]` in the student's size. */
function attention(student: tf.Tensor, teacher: tf.Tensor): readonly [tf.Tensor, tf.Tensor] {
  const [batch, height, width] = student.shape
  const flat = (map: tf.Tensor4D): tf.Tensor => tf.reshape(map, [batch, -1])
  return [flat(energy(student)), fixed(flat(resized(energy(teacher), height, width)))]
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
  package: '@onebit/kd',
  paper: { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' },
  options: { form: { default: 'paper', values: FORMS, description: 'scaling and comparison of the maps' } },
  checkTaps: (shapes) => requireMaps('attention-matching', shapes),
  loss: (student, teacher, { form }) => {
    const taps = Object.keys(student.taps)
    const terms = taps.map((tap) => {
      const maps = attention(student.taps[tap], teacher.taps[tap])
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
