/** Classification in training. Each picture has one label, and the target is a distribution over the classes. */
import { checkArgument, defineTask, type Task } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ClassScores } from './class-scores.ts'
import { type ClassificationFacts, checkLabel, factsRule } from './classification-facts.ts'
import { classificationHead } from './classification-head.ts'
import { crossEntropy } from './cross-entropy.ts'

const settings = {
  labelSmoothing: {
    default: 0,
    min: 0,
    max: 1,
    exclusive: 'max',
    description: 'share of every target to spread evenly over the classes',
  },
} as const

export const classification: Task = defineTask<ClassificationFacts, number, ClassScores, typeof settings>({
  name: 'classify',
  package: '@onebit/classify',
  head: classificationHead,
  headOptions(facts) {
    checkArgument('headOptions()', 'facts', facts, factsRule)
    return { classes: facts.classes.length }
  },
  settings,
  targets: () => ({ label: { shape: [], dtype: 'int32' } }),
  encode: (label, facts) => ({ label: Int32Array.of(checkLabel(label, facts)) }),
  // Moving a picture does not change its label.
  warp: (label) => label,
  expand: ({ label }, { classes }, { labelSmoothing }) => {
    const share = labelSmoothing as number
    const exact = tf.oneHot(label as tf.Tensor1D, classes.length)
    return { label: share > 0 ? tf.add(tf.mul(exact, 1 - share), share / classes.length) : tf.cast(exact, 'float32') }
  },
  blends: true,
  losses: [crossEntropy],
  defaultLosses: [crossEntropy],
  monitors: {
    accuracy: ({ scores }, { label }) => tf.sum(tf.equal(tf.argMax(scores.tensor, -1), label)),
  },
  runtime: async () => (await import('./classification-runtime.ts')).runtime,
})

declare module '@onebit/core' {
  interface TaskNames {
    classify: Record<never, never>
  }
  interface TaskSettings {
    /** Share of every target that is spread evenly over the classes, from 0 to below 1. @default 0 */
    labelSmoothing?: number
  }
}
