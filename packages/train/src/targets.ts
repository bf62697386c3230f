/**
 * Encodes the annotations of whole batches as compact targets. First, each annotation moves with its picture; then the task
 * encodes it.
 */
import {
  type Affine,
  AnnotationError,
  type AnyFacts,
  InvalidPluginError,
  type OutputShapes,
  type PictureSize,
  type Placement,
  type TargetShape,
  type Task,
} from '@onebit/core'
import type { Batch } from '@onebit/data'
import { inverse } from '@onebit/image'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { outputNamesOf } from './model/output-names.ts'

/** Shapes of the targets of one picture, by name. */
export type TargetShapes = Readonly<Record<string, TargetShape>>

/** Targets by name, one picture after the other. */
export type TargetArrays = Readonly<Record<string, Float32Array | Int32Array>>

/** A batch with targets in place of annotations. */
export interface EncodedBatch {
  /** `[count, height, width, channels]`, normalized. */
  readonly images: Float32Array
  readonly targets: TargetArrays
  /** The numbers of the pictures in the set, if the source knows them. */
  readonly pictures?: Uint32Array
  readonly count: number
}

/** Shapes of a model's outputs for one picture, by name. */
export function outputShapesOf(model: LayersModel): OutputShapes {
  const names = outputNamesOf(model)
  return Object.fromEntries(names.map((name, index) => [name, model.outputs[index].shape.slice(1) as number[]]))
}

export const lengthOf = ({ shape }: TargetShape): number => shape.reduce((product, size) => product * size, 1)

export interface EncoderOptions {
  readonly task: Task
  readonly facts: AnyFacts
  readonly outputs: OutputShapes
  /** Size of the network's input. */
  readonly input: PictureSize
  /** The data's name in errors. */
  readonly name: string
}

function movesNothing({ toPicture: [a, b, c, d, e, f], picture, input }: Placement): boolean {
  const still = a === 1 && b === 0 && c === 0 && d === 0 && e === 1 && f === 0
  return still && picture[0] === input[0] && picture[1] === input[1]
}

export class TargetEncoder {
  readonly shapes: TargetShapes
  readonly #options: EncoderOptions

  constructor(options: EncoderOptions) {
    const { task, facts, outputs, input } = options
    this.#options = options
    this.shapes = task.targets(facts, outputs, input)
  }

  /** @throws AnnotationError naming the data, the batch and the picture if an annotation does not fit the facts. */
  encode(batch: Batch): EncodedBatch {
    const { images, annotations, pictures, count, index } = batch
    const arrays: Record<string, Float32Array | Int32Array> = {}
    for (const [name, target] of Object.entries(this.shapes)) {
      arrays[name] = new (target.dtype === 'int32' ? Int32Array : Float32Array)(count * lengthOf(target))
    }
    for (let picture = 0; picture < count; picture++) {
      const values = this.#encodeOne(annotations[picture], batch.placements[picture], index, picture)
      for (const [name, target] of Object.entries(this.shapes)) {
        const length = lengthOf(target)
        if (values[name]?.length !== length) throw this.#misshapen(name, length, values[name]?.length)
        arrays[name].set(values[name], picture * length)
      }
    }
    return { images, targets: arrays, pictures, count }
  }

  #encodeOne(annotation: unknown, placement: Placement, batch: number, picture: number) {
    const { task, facts, outputs, input, name } = this.#options
    try {
      const moved = movesNothing(placement) ? annotation : task.warp(annotation, toInput(placement), input, facts)
      return task.encode(moved, facts, outputs, input)
    } catch (error) {
      if (!AnnotationError.isInstance(error)) throw error
      const what = `The annotation of picture ${picture} in batch ${batch} of '${name}' cannot be used. ${error.parts.what}`
      throw new AnnotationError({ ...error.parts, what }, { cause: error })
    }
  }

  #misshapen(target: string, expected: number, received: number | undefined): InvalidPluginError {
    return new InvalidPluginError({
      what: `The task '${this.#options.task.name}' encodes the target '${target}' in another shape than it states.`,
      expected: `${expected} values`,
      received: received === undefined ? 'no such target' : `${received}`,
    })
  }
}

const toInput = ({ toPicture }: Placement): Affine => inverse(toPicture)

/** Compact targets on the backend, batch first. @param count Number of pictures in the arrays. */
export function targetTensors(arrays: TargetArrays, shapes: TargetShapes, count: number): tf.NamedTensorMap {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, { shape, dtype }]) => [name, tf.tensor(arrays[name], [count, ...shape], dtype)]),
  )
}
