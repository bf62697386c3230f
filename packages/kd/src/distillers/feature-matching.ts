/**
 * Feature matching. Inner values of the student follow those of the teacher, through an adapter if their channels differ.
 *
 *   square    mean over taps of mean (R(S) - T)^2
 *   absolute  mean over taps of mean |R(S) - T|
 *
 *   R(S) = S W + b at every position is a 1x1 convolution, learned with the student. A teacher's map of another height or width is
 *   resized to the student's. It is fixed, so resizing needs no gradient.
 *
 * With `normalize`, the channels of every position are scaled to length 1 first, on both sides.
 *
 * Romero, Ballas, Kahou, Chassang, Gatta, Bengio: FitNets: hints for thin deep nets (ICLR 2015), arXiv 1412.6550, equation 3. Its
 * factor 1/2, and its sum instead of the mean, are part of the weight here. Adapters are not part of the student's network: they
 * train and are in checkpoints, and end with the training.
 */
import { type Distiller, type DistillerVariable, defineDistiller, OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { absolute } from './absolute.ts'
import { requireSameRank } from './compared-taps.ts'
import { fixed } from './fixed.ts'
import { resized } from './resized.ts'

const DISTANCES = ['square', 'absolute'] as const
const ADAPTERS = ['auto', 'always', 'none'] as const

/** Keeps the gradient of a length finite if all channels are 0. */
const EPSILON = 1e-12

const kernelOf = (tap: string): string => `${tap}/kernel`
const biasOf = (tap: string): string => `${tap}/bias`

/** Variables of a 1x1 convolution. Kernels are drawn so that values keep their variance. */
function adapter(tap: string, from: number, to: number): Record<string, DistillerVariable> {
  return {
    [kernelOf(tap)]: { shape: [from, to], deviation: Math.sqrt(1 / from) },
    [biasOf(tap)]: { shape: [to], deviation: 0 },
  }
}

/** The student's value in the teacher's channels, or the value itself if the tap has no adapter. */
function adapted(value: tf.Tensor, tap: string, variables: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  const kernel = variables[kernelOf(tap)] as tf.Tensor2D | undefined
  if (!kernel) return value
  const [from, to] = kernel.shape
  const places = tf.add(tf.matMul(tf.reshape(value, [-1, from]), kernel), variables[biasOf(tap)])
  return tf.reshape(places, [...value.shape.slice(0, -1), to])
}

const unit = (value: tf.Tensor): tf.Tensor => tf.div(value, tf.sqrt(tf.add(tf.sum(tf.square(value), -1, true), EPSILON)))

/** The teacher's value in the student's height and width. */
function inPlace(teacher: tf.Tensor, student: tf.Tensor): tf.Tensor {
  return student.rank === 4 ? resized(teacher as tf.Tensor4D, student.shape[1]!, student.shape[2]!) : teacher
}

export const featureMatching: Distiller = defineDistiller({
  name: 'feature-matching',
  package: '@onebit/kd',
  paper: { title: 'FitNets: Hints for Thin Deep Nets', authors: 'Romero et al.', year: 2015, arxiv: '1412.6550' },
  options: {
    distance: { default: 'square', values: DISTANCES, description: 'measure of the difference' },
    adapter: {
      default: 'auto',
      values: ADAPTERS,
      description: 'a learned 1x1 convolution after the student: if channels differ, always, or never',
    },
    normalize: { default: false, description: 'scale the channels of every position to length 1 on both sides' },
  },
  checkTaps: (shapes, { adapter: use }) => {
    requireSameRank('feature-matching', shapes)
    if (use !== 'none') return
    for (const [tap, shape] of Object.entries(shapes.student)) {
      const [own, theirs] = [shape.at(-1), shapes.teacher[tap].at(-1)]
      if (own === theirs) continue
      throw new OptionError({
        option: 'adapter',
        what: `The distiller 'feature-matching' has no adapter for the tap '${tap}', whose channels differ.`,
        expected: `${theirs} channels, as the teacher has`,
        received: `${own}`,
        fix: "Leave out 'adapter', or compare a tap of as many channels.",
      })
    }
  },
  variables: ({ student, teacher }, { adapter: use }) =>
    Object.assign(
      {},
      ...Object.keys(student).map((tap) => {
        const [from, to] = [student[tap].at(-1)!, teacher[tap].at(-1)!]
        return use === 'always' || (use === 'auto' && from !== to) ? adapter(tap, from, to) : {}
      }),
    ),
  loss: (student, teacher, { distance, normalize }, { variables }) => {
    const taps = Object.keys(student.taps)
    const scaled = (value: tf.Tensor): tf.Tensor => (normalize ? unit(value) : value)
    const terms = taps.map((tap) => {
      const own = scaled(adapted(student.taps[tap], tap, variables))
      const difference = tf.sub(own, fixed(scaled(inPlace(teacher.taps[tap], student.taps[tap]))))
      return tf.mean(distance === 'square' ? tf.square(difference) : absolute(difference))
    })
    return tf.div(tf.addN(terms), taps.length)
  },
})

declare module '@onebit/core' {
  interface DistillerNames {
    'feature-matching': {
      distance: (typeof DISTANCES)[number]
      adapter: (typeof ADAPTERS)[number]
      normalize: boolean
    }
  }
}
