/**
 * Logit matching. The student's outputs follow the teacher's directly.
 *
 *   square        (student - teacher)^2
 *   absolute      |student - teacher|
 *   distribution  -sum over classes of softmax(teacher) * log softmax(student)
 *
 * The mean is over all values of a picture (`distribution`: over its positions), then over the batch. If an output ends in a
 * softmax or a sigmoid, its logits are compared; other outputs, such as heat-maps, are compared as they are.
 *
 * `square`: Ba, Caruana: Do deep nets really need to be deep? (NeurIPS 2014), arXiv 1312.6184, equation 1. `distribution` is the
 * loss that trains ReActNet (Liu et al., ECCV 2020, arXiv 2003.03488) and BNext (arXiv 2211.12933): `DistributionLoss` of both
 * released codes. They call it the KL divergence, though it is the cross-entropy. The two only differ by the teacher's entropy,
 * so gradients are those of `soft-labels` at T = 1; the least value is that entropy, not 0.
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
      description: 'measure of the difference; distribution: the loss of ReActNet and BNext',
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
