/** Converts pictures from the student's normalization to the one that its teacher was trained with. */
import type { InputNormalization } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** One value for all channels, alone or as a list, or one value per channel. */
function perChannel(values: number | readonly number[], channels: number): readonly number[] {
  const list = [values].flat()
  return Array.from({ length: channels }, (_, channel) => list[list.length === 1 ? 0 : channel])
}

/**
 * `undefined` if both have the same normalization. Otherwise `x * scale + shift` per channel: the normalization `(pixel - m) / d`
 * of one side, expressed by that of the other.
 */
export function inputConversion(
  student: InputNormalization,
  teacher: InputNormalization | undefined,
  channels: number,
): ((images: tf.Tensor) => tf.Tensor) | undefined {
  if (!teacher) return undefined
  const [means, deviations] = [perChannel(student.mean, channels), perChannel(student.standardDeviation, channels)]
  const [otherMeans, otherDeviations] = [perChannel(teacher.mean, channels), perChannel(teacher.standardDeviation, channels)]
  const scale = deviations.map((deviation, channel) => deviation / otherDeviations[channel])
  const shift = means.map((mean, channel) => (mean - otherMeans[channel]) / otherDeviations[channel])
  if (scale.every((value) => value === 1) && shift.every((value) => value === 0)) return undefined
  return (images) => tf.tidy(() => tf.add(tf.mul(images, tf.tensor1d(scale)), tf.tensor1d(shift)))
}
