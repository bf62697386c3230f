/** From pictures as the student sees them to pictures as its teacher was trained to see them. */
import type { InputNormalization } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** One value for all channels, alone or as a list, or one for each. */
function perChannel(values: number | readonly number[], channels: number): readonly number[] {
  const list = [values].flat()
  return Array.from({ length: channels }, (_, channel) => list[list.length === 1 ? 0 : channel])
}

/**
 * `undefined` where both see the same. Else `x * scale + shift`, channel by channel: `(pixel - m) / d` of one side, written with that of the
 * other.
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
