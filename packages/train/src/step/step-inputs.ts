/**
 * The inputs of a training step: pictures and targets of a batch, or of a part of it, expanded by the task and blended by mix-up.
 */
import type { AnyFacts, AnyOptions, Task } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { seedFor } from '../seeds.ts'
import { type EncodedBatch, lengthOf, type TargetShapes, targetTensors } from '../targets.ts'
import { type Blend, blended, drawBlend } from './mix-up.ts'

/** A batch on the backend. */
export interface StepInputs {
  /** `[count, height, width, channels]` */
  readonly images: tf.Tensor
  /** The targets for the losses, batch first. */
  readonly targets: tf.NamedTensorMap
  /** The compact targets, which describe the pictures. A blended picture keeps its own. */
  readonly compact: tf.NamedTensorMap
}

export interface InputOptions {
  readonly task: Task
  readonly facts: AnyFacts
  /** The stage's settings that belong to the task. */
  readonly settings: AnyOptions
  /** alpha of the Beta distribution; 0 is off. */
  readonly mixUp: number
  /** Seed of the run. */
  readonly seed: number
  /** `[height, width, channels]` */
  readonly shape: readonly number[]
  readonly targetShapes: TargetShapes
}

type Values = Float32Array | Int32Array

/** Rows of an array. If the rows are the whole array, the array itself. */
function rowsOf<T extends Values>(values: T, rows: ArrayLike<number>, length: number): T {
  const isWhole = rows.length * length === values.length && rows[0] === 0
  if (isWhole && Array.prototype.every.call(rows, (row, index) => row === index)) return values
  const result = new (values.constructor as new (length: number) => T)(rows.length * length)
  for (let index = 0; index < rows.length; index++) {
    result.set(values.subarray(rows[index] * length, (rows[index] + 1) * length), index * length)
  }
  return result
}

/** Pictures and compact targets of some rows of a batch. */
function tensorsOf(batch: EncodedBatch, rows: ArrayLike<number>, { shape, targetShapes }: InputOptions) {
  const size = shape.reduce((product, side) => product * side, 1)
  const arrays = Object.fromEntries(
    Object.entries(targetShapes).map(([name, target]) => [name, rowsOf(batch.targets[name], rows, lengthOf(target))]),
  )
  return {
    images: tf.tensor(rowsOf(batch.images, rows, size), [rows.length, ...shape]),
    compact: targetTensors(arrays, targetShapes, rows.length),
  }
}

/**
 * Call it inside `tf.tidy`.
 * @param step Number of steps done in the run. With the seed it determines the blend of pictures.
 * @param begin First picture of the part. The partners of its pictures may come from anywhere in the batch.
 * @param end First picture after the part.
 */
export function stepInputs(batch: EncodedBatch, options: InputOptions, step: number, begin = 0, end = batch.count): StepInputs {
  const { task, facts, settings, mixUp, seed } = options
  const expand = (compact: tf.NamedTensorMap): tf.NamedTensorMap => task.expand?.(compact, facts, settings) ?? compact
  const own = Uint32Array.from({ length: end - begin }, (_, index) => begin + index)
  const { images, compact } = tensorsOf(batch, own, options)
  const targets = expand(compact)
  if (mixUp === 0) return { images, targets, compact }
  const { share, partners }: Blend = drawBlend(batch.count, mixUp, seedFor(seed, 'mix-up', step))
  const others = tensorsOf(batch, partners.subarray(begin, end), options)
  const otherTargets = expand(others.compact)
  return {
    images: blended(images, others.images, share),
    targets: Object.fromEntries(Object.entries(targets).map(([name, x]) => [name, blended(x, otherTargets[name], share)])),
    compact,
  }
}

/** The same, for callers that wait before they use the inputs. `disposeInputs` frees them. */
export function keptInputs(batch: EncodedBatch, options: InputOptions, step: number): StepInputs {
  // `tidy` accepts records of tensors, although its types do not allow an interface.
  return tf.tidy(() => stepInputs(batch, options, step) as unknown as tf.Tensor[]) as unknown as StepInputs
}

export function disposeInputs({ images, targets, compact }: StepInputs): void {
  tf.dispose([images, ...Object.values(targets), ...Object.values(compact)])
}
