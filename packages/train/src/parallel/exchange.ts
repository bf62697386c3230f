/**
 * The memory through which threads exchange a step. The main thread writes the batch and the weights, and each replica writes its
 * gradients. It is one buffer, divided the same way on every thread.
 */
import type * as tf from '@tensorflow/tfjs-core'
import { lengthOf, type TargetArrays, type TargetShapes } from '../targets.ts'

/** The sizes that determine the division. */
export interface ExchangeSizes {
  readonly replicas: number
  /** Number of values of all weights together, including statistics of BatchNorm and variables of distillers. */
  readonly weights: number
  /** Number of pictures in a batch. */
  readonly batchSize: number
  /** Number of values in a picture. */
  readonly image: number
  /** The compact targets of one picture. */
  readonly targets: TargetShapes
  /** Number of values that a teacher gives for a picture, if the main thread runs it; else 0. */
  readonly teacher: number
}

/** Bytes of a float32, and of an int32. */
const BYTES = 4

function byteLength({ replicas, weights, batchSize, image, targets, teacher }: ExchangeSizes): number {
  const target = Object.values(targets).reduce((sum, shape) => sum + lengthOf(shape), 0)
  return BYTES * ((1 + replicas) * weights + batchSize * (image + target + teacher))
}

/** Start and end of a replica's part of a batch; the end is exclusive. Parts differ by at most one picture. */
export function partOfBatch(count: number, replica: number, replicas: number): readonly [begin: number, end: number] {
  return [Math.floor((count * replica) / replicas), Math.floor((count * (replica + 1)) / replicas)]
}

export class Exchange {
  readonly sizes: ExchangeSizes
  readonly buffer: SharedArrayBuffer
  /** All weights, one after the other: the model's in its order, then those of the distillers. */
  readonly weights: Float32Array
  /** By replica: gradients of the trained weights and new values of the others, each at the weight's place. */
  readonly results: readonly Float32Array[]
  /** `[batchSize, height, width, channels]` */
  readonly images: Float32Array
  /** By name, `[batchSize, ...shape]` */
  readonly targets: TargetArrays
  /** `[batchSize, teacher]`, in the order of a `RowLayout`. */
  readonly teacher: Float32Array

  /** Without a buffer it allocates one. */
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

/** The position of a weight's values in the array of all values. */
export interface WeightPlace {
  readonly begin: number
  readonly end: number
  readonly shape: number[]
}

/** Assigns places to weights, one after the other. */
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
