/** Two tasks other than classification: a number per picture, and a position in it. The trainer treats them like any task. */
import { type Affine, AnnotationError, defineLoss, defineTask, type PictureSize, type Task } from '@onebit/core'
import { type ImageSet, Random } from '@onebit/data'
import type { TrainingData } from '@onebit/train'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'

/** The mean over the batch of squared differences between an output and the target of the same name. */
export const meanSquare = defineLoss({
  name: 'mean-square',
  options: { scale: { default: 1, min: 0 } },
  loss: (outputs, targets, { scale }) => {
    const [[name, { tensor }]] = Object.entries(outputs)
    return tf.mul(tf.mean(tf.square(tf.sub(tensor, tf.reshape(targets[name], tensor.shape)))), scale) as tf.Scalar
  },
})

const numbers = {
  writeMetadata: () => ({}),
  readMetadata: () => ({}),
  complete: (facts: object) => ({ facts: facts as never, assumptions: [] }),
  describe: () => [],
  toJson: () => null,
}

/** The brightness of a picture, from 0 to 1. The setting `weights` scales the target. */
export const brightness: Task = defineTask<{ readonly unit: string }, number, number, { scale: { default: number } }>({
  name: 'brightness',
  head: 'none' as never,
  headOptions: () => ({}),
  settings: { scale: { default: 1 } },
  targets: () => ({ value: { shape: [], dtype: 'float32' } }),
  encode: (value) => {
    if (Number.isFinite(value)) return { value: Float32Array.of(value) }
    throw new AnnotationError({ what: 'A brightness is no number.', received: `${value}` })
  },
  warp: (value) => value,
  expand: ({ value }, _, { scale }) => ({ value: tf.mul(value, scale as number) }),
  blends: true,
  losses: [meanSquare],
  defaultLosses: [meanSquare],
  monitors: {
    error: ({ value }, targets) => tf.sum(tf.abs(tf.sub(tf.reshape(value.tensor, [-1]), targets.value))),
  },
  runtime: async () => ({
    ...numbers,
    name: 'brightness',
    decode: ({ value }) => value.data[0],
    metrics: () => [{ name: 'error', unit: 'plain', better: 'lower', description: 'Mean distance from the brightness.' }],
    measure: () => {
      let [sum, count] = [0, 0]
      return {
        add: (predicted, value) => {
          sum += Math.abs(predicted - value)
          count++
        },
        values: () => ({ error: count === 0 ? 1 : sum / count }),
        tables: () => [{ title: 'Brightness', columns: ['pictures'], rows: [[`${count}`]] }],
      }
    },
    captionOf: (value) => value.toFixed(2),
    caption: (value) => value.toFixed(2),
    draw: (picture) => picture,
  }),
})

/** A position in pixels, or absent if it has left the picture. */
export type Spot = readonly [x: number, y: number] | undefined

const moved = ([a, b, c, d, e, f]: Affine, [x, y]: readonly [number, number]): [number, number] => [
  a * x + b * y + c,
  d * x + e * y + f,
]

const inside = ([x, y]: readonly [number, number], [height, width]: PictureSize): boolean =>
  x >= 0 && y >= 0 && x < width && y < height

/** The position of a picture's bright spot, as a heat-map of the picture's size. */
export const spot: Task = defineTask<{ readonly sigma: number }, Spot, readonly [number, number]>({
  name: 'spot',
  head: 'none' as never,
  headOptions: () => ({}),
  targets: () => ({ heat: { shape: [3], dtype: 'float32' } }),
  encode: (place) => ({ heat: Float32Array.from(place ? [...place, 1] : [0, 0, 0]) }),
  warp: (place, affine, size) => {
    const at = place && moved(affine, place)
    return at && inside(at, size) ? at : undefined
  },
  // Computed on the backend: a Gaussian of width `sigma` around the position.
  expand: ({ heat }, { sigma }) => {
    const [x, y, seen] = tf.split(heat, 3, 1)
    const centers = tf.add(tf.range(0, 8), 0.5)
    const along = (place: tf.Tensor): tf.Tensor => tf.exp(tf.div(tf.square(tf.sub(centers, place)), -2 * sigma ** 2))
    const map = tf.mul(tf.expandDims(along(y), 2), tf.expandDims(along(x), 1))
    return { heat: tf.expandDims(tf.mul(map, tf.expandDims(seen, 2)), 3) }
  },
  blends: true,
  losses: [meanSquare],
  defaultLosses: ['mean-square' as never],
  runtime: async () => ({
    ...numbers,
    name: 'spot',
    decode: ({ heat }, _, { toPicture }) => {
      const best = heat.data as Float32Array
      const index = best.indexOf(Math.max(...best))
      return moved(toPicture, [(index % heat.shape[1]) + 0.5, Math.floor(index / heat.shape[1]) + 0.5])
    },
    metrics: () => [{ name: 'found', unit: 'share', better: 'higher', description: 'Spots that are found within a pixel.' }],
    measure: () => {
      let [found, count] = [0, 0]
      return {
        add: (predicted, place) => {
          count++
          if (place && Math.hypot(predicted[0] - place[0], predicted[1] - place[1]) < 1) found++
        },
        values: () => ({ found: count === 0 ? 0 : found / count }),
      }
    },
    captionOf: (place) => `${place}`,
    caption: (place) => `${place}`,
    draw: (picture) => picture,
  }),
})

const SIZE = 8

/** Noisy pictures, each with its own brightness. */
export function brightnessSet(count: number, seed: number): ImageSet<number> {
  const random = new Random(seed)
  const annotations = Float32Array.from({ length: count }, () => random.uniform())
  const images = Uint8Array.from({ length: count * SIZE * SIZE }, (_, index) => {
    return Math.min(255, annotations[Math.floor(index / (SIZE * SIZE))] * 200 + random.below(56))
  })
  return { images, annotations, count, shape: [SIZE, SIZE, 1], normalization: { mean: 0.5, standardDeviation: 0.25 } }
}

export const brightnessData = (): TrainingData<number> & {
  readonly train: ImageSet<number>
  readonly test: ImageSet<number>
} => ({
  name: 'noise',
  facts: { unit: 'share' },
  task: 'brightness',
  train: brightnessSet(64, 1),
  test: brightnessSet(30, 2),
})

/** Pictures with one bright pixel. */
export function spotSet(count: number, seed: number): ImageSet<Spot> {
  const random = new Random(seed)
  const images = Uint8Array.from({ length: count * SIZE * SIZE }, () => random.below(60))
  const annotations = Array.from({ length: count }, (_, image): Spot => {
    const [x, y] = [random.below(SIZE), random.below(SIZE)]
    images[(image * SIZE + y) * SIZE + x] = 255
    return [x + 0.5, y + 0.5]
  })
  return { images, annotations, count, shape: [SIZE, SIZE, 1], normalization: { mean: 0, standardDeviation: 0.25 } }
}

/** A model from a picture to one number. `norm` puts BatchNorm before it. */
export function brightnessModel({ norm = false } = {}): tfl.LayersModel {
  const input = tfl.input({ shape: [SIZE, SIZE, 1] })
  const flat = tfl.layers.flatten({ name: 'flat' }).apply(input)
  const hidden = tfl.layers.dense({ name: 'hidden', units: 4 }).apply(flat)
  const normed = norm ? tfl.layers.batchNormalization({ name: 'norm' }).apply(hidden) : hidden
  return tfl.model({ inputs: input, outputs: tfl.layers.dense({ name: 'value', units: 1 }).apply(normed) as tfl.SymbolicTensor })
}

/** A model from a picture to a heat-map of its size. */
export function spotModel(): tfl.LayersModel {
  const input = tfl.input({ shape: [SIZE, SIZE, 1] })
  const heat = tfl.layers.conv2d({ name: 'heat', filters: 1, kernelSize: 3, padding: 'same' }).apply(input)
  return tfl.model({ inputs: input, outputs: heat as tfl.SymbolicTensor })
}
