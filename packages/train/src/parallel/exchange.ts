/**
 * The memory through which threads exchange a step: the batch and the weights on the way in, every replica's gradients on the way out.
 * One buffer, divided the same way on every thread.
 */
import type * as tf from '@tensorflow/tfjs-core'
import { lengthOf, type TargetArrays, type TargetShapes } from '../targets.ts'

/** What the division depends on. */
export interface ExchangeSizes {
  readonly replicas: number
  /** Values of all weights together, statistics of BatchNorm and variables of distillers included. */
  readonly weights: number
  /** Pictures in a batch. */
  readonly batchSize: number
  /** Values of a picture. */
  readonly image: number
  /** The compact ones, of one picture. */
  readonly targets: TargetShapes
  /** Values that a teacher gives for a picture, where the main thread asks it; else 0. */
  readonly teacher: number
}

/** Of a float32 and of an int32 alike. */
const BYTES = 4

function byteLength({ replicas, weights, batchSize, image, targets, teacher }: ExchangeSizes): number {
  const target = Object.values(targets).reduce((sum, shape) => sum + lengthOf(shape), 0)
  return BYTES * ((1 + replicas) * weights + batchSize * (image + target + teacher))
}

/** The first picture of a replica's part of a batch, and the first that is no longer in it; parts differ by at most one picture. */
export function partOfBatch(count: number, replica: number, replicas: number): readonly [begin: number, end: number] {
  return [Math.floor((count * replica) / replicas), Math.floor((count * (replica + 1)) / replicas)]
}

export class Exchange {
  readonly sizes: ExchangeSizes
  readonly buffer: SharedArrayBuffer
  /** All weights, one after the other: the model's in its order, then the distillers'. */
  readonly weights: Float32Array
  /** By replica: gradients at the places of trained weights, new values at the places of others. */
  readonly results: readonly Float32Array[]
  /** `[batchSize, height, width, channels]` */
  readonly images: Float32Array
  /** By name, `[batchSize, ...shape]` */
  readonly targets: TargetArrays
  /** `[batchSize, teacher]`, as a `RowLayout` has it. */
  readonly teacher: Float32Array

  /** Without a buffer it makes one. */
  constructor(sizes: ExchangeSizes, buffer: SharedArrayBuffer = new SharedArrayBuffer(byteLength(sizes))) {
    const { replicas, weights, batchSize, image, targets, teacher } = sizes
    this.sizes = sizes
    this.buffer = buffer
    let end = 0
    const take = <View>(type: new (buffer: SharedArrayBuffer, begin: number, length: number) => View, length: number): View => {
      const view = new type(buffer, end, length)
      end += length * BYTES
      return view
    }
    this.weights = take(Float32Array, weights)
    this.results = Array.from({ length: replicas }, () => take(Float32Array, weights))
    this.images = take(Float32Array, batchSize * image)
    this.targets = Object.fromEntries(
      Object.entries(targets).map(([name, target]) => {
        const length = batchSize * lengthOf(target)
        return [name, target.dtype === 'int32' ? take(Int32Array, length) : take(Float32Array, length)]
      }),
    )
    this.teacher = take(Float32Array, batchSize * teacher)
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
