/**
 * Soft labels. The student's probabilities follow the teacher's, both softened by a temperature T.
 *
 *   T^2 KL(p(teacher / T) || p(student / T))
 *
 *   softmax          p over the last axis: the classes of a picture, or of every pixel of a mask
 *   sigmoid          p of every value by itself: heat-maps, where KL is that of a coin, p log(p / q) + (1 - p) log((1 - p) / (1 - q))
 *   spatial-softmax  p over the pixels of each channel: the position of a joint
 *
 * The mean is first over positions (or values, or channels), then over the batch. The teacher may be real or binary.
 *
 * Hinton, Vinyals, Dean: Distilling the knowledge in a neural network (2015), arXiv 1503.02531, section 2. On heat-maps, from
 * real and binary teachers: Bulat, Tzimiropoulos, Kossaifi, Pantic (2019), arXiv 1904.05868.
 */
import { type Distiller, defineDistiller, OptionError, type OutputTensor } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { comparedOutputs, OUTPUT_OPTIONS } from './compared-outputs.ts'
import { fixed } from './fixed.ts'

const DISTRIBUTIONS = ['softmax', 'sigmoid', 'spatial-softmax'] as const
const PLAIN = ['probabilities', 'logits'] as const

type Distribution = (typeof DISTRIBUTIONS)[number]
type Plain = (typeof PLAIN)[number]

/** The least probability that is used, because the logarithm of 0 is infinite. */
const LEAST = 1e-7

/** Logarithms of probabilities are logits too; for a coin, the logit is the log of the odds. */
function logitsOf({ tensor, isLogits }: OutputTensor, distribution: Distribution, plain: Plain): tf.Tensor {
  if (isLogits || plain === 'logits') return tensor
  if (distribution === 'sigmoid') {
    const p = tf.clipByValue(tensor, LEAST, 1 - LEAST)
    return tf.sub(tf.log(p), tf.log(tf.sub(1, p)))
  }
  return tf.log(tf.clipByValue(tensor, LEAST, 1))
}

/** `[batch, channels, height x width]` of maps `[batch, height, width, channels]`. */
function pixelsLast(maps: tf.Tensor): tf.Tensor {
  if (maps.rank !== 4) {
    throw new OptionError({
      option: 'distribution',
      what: "The distiller 'soft-labels' needs maps for a spatial softmax.",
      expected: 'an output of height, width and channels',
      received: `one of ${maps.shape.slice(1).join('x')}`,
    })
  }
  const [batch, height, width, channels] = maps.shape
  return tf.transpose(tf.reshape(maps, [batch, height * width, channels]), [0, 2, 1])
}

/** KL of distributions over the last axis, averaged over everything else. */
function divergence(student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  const soft = tf.logSoftmax(teacher)
  return tf.mean(tf.sum(tf.mul(tf.exp(soft), tf.sub(soft, tf.logSoftmax(student))), -1))
}

/** KL of coins. `softplus(-x)` is -log(sigmoid(x)), and `softplus(x)` is the same for the other side. */
function coinDivergence(student: tf.Tensor, teacher: tf.Tensor): tf.Scalar {
  const p = tf.sigmoid(teacher)
  const yes = tf.mul(p, tf.sub(tf.softplus(tf.neg(student)), tf.softplus(tf.neg(teacher))))
  const no = tf.mul(tf.sub(1, p), tf.sub(tf.softplus(student), tf.softplus(teacher)))
  return tf.mean(tf.add(yes, no))
}

export const softLabels: Distiller = defineDistiller({
  name: 'soft-labels',
  package: '@onebit/kd',
  paper: { title: 'Distilling the Knowledge in a Neural Network', authors: 'Hinton et al.', year: 2015, arxiv: '1503.02531' },
  options: {
    temperature: { default: 1, min: 0, exclusive: 'min', description: 'T: above 1, small probabilities count for more' },
    distribution: {
      default: 'softmax',
      values: DISTRIBUTIONS,
      description: 'values with the sum 1: classes of each position, each value and its complement, or pixels of each channel',
    },
    plain: {
      default: 'probabilities',
      values: PLAIN,
      description: 'kind of an output that ends in neither a softmax nor a sigmoid',
    },
    ...OUTPUT_OPTIONS,
  },
  compares: 'outputs',
  loss: (student, teacher, { temperature, distribution, plain, ...choice }) => {
    const [own, theirs] = comparedOutputs('soft-labels', student, teacher, choice)
    const soften = (output: OutputTensor): tf.Tensor => tf.div(logitsOf(output, distribution, plain), temperature)
    const [ours, target] = [soften(own), fixed(soften(theirs))]
    const mean =
      distribution === 'sigmoid'
        ? coinDivergence(ours, target)
        : distribution === 'softmax'
          ? divergence(ours, target)
          : divergence(pixelsLast(ours), pixelsLast(target))
    return tf.mul(mean, temperature ** 2)
  },
})

declare module '@onebit/core' {
  interface DistillerNames {
    'soft-labels': {
      temperature: number
      distribution: Distribution
      plain: Plain
      output: string
      teacherOutput: string
    }
  }
}
