/**
 * The memory through which threads exchange a step: the batch and the weights on the way in, every replica's gradients on the way out.
 * One buffer, divided the same way on every thread.
 */
import type * as tf from '@tensorflow/tfjs-core'

/** What the division depends on. */
export interface ExchangeSizes {
  readonly replicas: number
  /** Values of all weights together, statistics of BatchNorm included. */
  readonly weights: number
  /** Images in a batch. */
  readonly batchSize: number
  /** Values of an image. */
  readonly image: number
  readonly classes: number
}

const BYTES = 4

function byteLength({ replicas, weights, batchSize, image, classes }: ExchangeSizes): number {
  return BYTES * ((1 + replicas) * weights + batchSize * (image + classes + 1))
}

/** The first image of a replica's part of a batch, and the first that is no longer in it; parts differ by at most one image. */
export function partOfBatch(count: number, replica: number, replicas: number): readonly [begin: number, end: number] {
  return [Math.floor((count * replica) / replicas), Math.floor((count * (replica + 1)) / replicas)]
}

export class Exchange {
  readonly sizes: ExchangeSizes
  readonly buffer: SharedArrayBuffer
  /** All weights, one after the other in the model's order. */
  readonly weights: Float32Array
  /** By replica: gradients at the places of trained weights, new values at the places of others. */
  readonly results: readonly Float32Array[]
  /** `[batchSize, height, width, channels]` */
  readonly images: Float32Array
  /** `[batchSize, classes]` */
  readonly targets: Float32Array
  /** `[batchSize]` */
  readonly labels: Int32Array

  /** Without a buffer it makes one. */
  constructor(sizes: ExchangeSizes, buffer: SharedArrayBuffer = new SharedArrayBuffer(byteLength(sizes))) {
    const { replicas, weights, batchSize, image, classes } = sizes
    this.sizes = sizes
    this.buffer = buffer
    let end = 0
    const floats = (length: number): Float32Array => {
      const view = new Float32Array(buffer, end, length)
      end += length * BYTES
      return view
    }
    this.weights = floats(weights)
    this.results = Array.from({ length: replicas }, () => floats(weights))
    this.images = floats(batchSize * image)
    this.targets = floats(batchSize * classes)
    this.labels = new Int32Array(buffer, end, batchSize)
  }
}

/** A weight's place among the values of all. */
export interface WeightPlace {
  readonly begin: number
  readonly end: number
  readonly shape: number[]
}

/** Places of weights one after the other. */
export function weightPlaces(
  weights: Iterable<{ readonly shape: tf.Tensor['shape'] | readonly (number | null)[] }>,
): WeightPlace[] {
  let end = 0
  return Array.from(weights, ({ shape }) => {
    const begin = end
    end += (shape as number[]).reduce((product, size) => product * size, 1)
    return { begin, end, shape: [...(shape as number[])] }
  })
}
