import * as tf from '@tensorflow/tfjs-core'

/**
 * A map in another height and width: the mean over areas if the sizes divide, otherwise bilinear, with pixel centers aligned.
 * @param map `[batch, height, width, channels]`
 */
export function resized(map: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [, rows, columns] = map.shape
  if (rows === height && columns === width) return map
  if (rows % height === 0 && columns % width === 0) {
    const area: [number, number] = [rows / height, columns / width]
    return tf.avgPool(map, area, area, 'valid')
  }
  return tf.image.resizeBilinear(map, [height, width], false, true)
}
