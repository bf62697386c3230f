/**
 * Logit matching: the student's outputs themselves follow the teacher's.
 *
 *   square        (student - teacher)^2
 *   absolute      |student - teacher|
 *   distribution  -sum over classes of softmax(teacher) * log softmax(student)
 *
 * A mean over all values of a picture (`distribution`: over its places), then over the batch. Logits are compared where an output ends in a
 * softmax or a sigmoid; heat-maps of a last layer without one are compared as they are.
 *
 * `square`: Ba, Caruana: Do deep nets really need to be deep? (NeurIPS 2014), arXiv 1312.6184, equation 1. `distribution` is the loss
 * that trains ReActNet (Liu et al., ECCV 2020, arXiv 2003.03488) and BNext (arXiv 2211.12933): `DistributionLoss` of both released codes,
 * which call it the KL divergence, though it is the cross-entropy. The teacher's own entropy is all that they differ by, so gradients are
 * those of `soft-labels` at T = 1; its least value is that entropy, not 0.
 */
import { type Distiller, defineDistiller, OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { absolute } from './absolute.ts'
import { comparedOutputs, OUTPUT_OPTIONS } from './compared-outputs.ts'
import { fixed } from './fixed.ts'

const FORMS = ['square', 'absolute', 'distribution'] as const

type Form = (typeof FORMS)[number]

const LOSSES: Readonly<Record<Form, (student: tf.Tensor, teacher: tf.Tensor) => tf.Scalar>> = {
  square: (student, teacher) => tf.mean(tf.square(tf.sub(student, teacher))),
  absolute: (student, teacher) => tf.mean(absolute(tf.sub(student, teacher))),
  distribution: (student, teacher) => tf.mean(tf.neg(tf.sum(tf.mul(tf.softmax(teacher), tf.logSoftmax(student)), -1))),
}

export const logitMatching: Distiller = defineDistiller({
  name: 'logit-matching',
  package: '@onebit/kd',
  paper: { title: 'Do Deep Nets Really Need to be Deep?', authors: 'Ba and Caruana', year: 2014, arxiv: '1312.6184' },
  options: {
    form: {
      default: 'square',
      values: FORMS,
      description: 'the difference that counts; distribution: as ReActNet and BNext train',
    },
    ...OUTPUT_OPTIONS,
  },
  compares: 'outputs',
  loss: (student, teacher, { form, ...choice }) => {
    const [own, theirs] = comparedOutputs('logit-matching', student, teacher, choice)
    if (own.isLogits !== theirs.isLogits) {
      const side = (isLogits: boolean): string => (isLogits ? 'logits' : 'what is behind them')
      throw new OptionError({
        option: 'output',
        what: "The distiller 'logit-matching' cannot compare logits with probabilities.",
        expected: `${side(own.isLogits)}, as the student gives`,
        received: `${side(theirs.isLogits)} from the teacher`,
        fix: "Compare probabilities with 'soft-labels', or take a teacher that ends as the student does.",
      })
    }
    return LOSSES[form](own.tensor, fixed(theirs.tensor))
  },
})

declare module '@onebit/core' {
  interface DistillerNames {
    'logit-matching': { form: Form; output: string; teacherOutput: string }
  }
}
