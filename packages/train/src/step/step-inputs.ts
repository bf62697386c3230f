/** What a training step is fed: images, and targets after label smoothing and mix-up. */
import type { Batch } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import type { ResolvedStage } from '../plan.ts'
import { seedFor } from '../seeds.ts'
import type { StepInputs } from './gradient-pass.ts'
import { mixUp } from './mix-up.ts'

export interface InputOptions {
  readonly stage: Pick<ResolvedStage, 'labelSmoothing' | 'mixUp'>
  readonly classes: number
  readonly seed: number
  /** `[height, width, channels]` */
  readonly shape: readonly number[]
}

/**
 * Call inside `tf.tidy`.
 * @param step Steps done in the run; with the seed it decides how images are mixed.
 */
export function stepInputs(batch: Batch, { stage, classes, seed, shape }: InputOptions, step: number): StepInputs {
  const images = tf.tensor(batch.images, [batch.count, ...shape])
  const labels = tf.tensor1d(batch.labels, 'int32')
  const exact = tf.oneHot(labels, classes)
  const { labelSmoothing: share } = stage
  const targets = share > 0 ? tf.add(tf.mul(exact, 1 - share), share / classes) : tf.cast(exact, 'float32')
  if (stage.mixUp === 0) return { images, targets, labels }
  return { ...mixUp(images, targets, stage.mixUp, seedFor(seed, 'mix-up', step)), labels }
}
