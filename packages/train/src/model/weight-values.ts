/** The values of a model's weights, off the backend. One stage hands them to the next, and checkpoints store them. */
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { RunError } from '../errors.ts'
import { namedWeights } from './named-weights.ts'

export interface Values {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export type WeightValues = ReadonlyMap<string, Values>

/** Asynchronous, because WebGPU cannot return values synchronously. The tensors must not change until the promise settles. */
export async function valuesOf(tensors: Iterable<readonly [string, tf.Tensor]>): Promise<WeightValues> {
  // Copy them: backends may return a view of memory that the next step overwrites.
  const reading = Array.from(tensors, async ([name, tensor]): Promise<[string, Values]> => {
    return [name, { shape: tensor.shape, data: Float32Array.from(await tensor.data()) }]
  })
  return new Map(await Promise.all(reading))
}

export function readWeights(model: LayersModel): Promise<WeightValues> {
  return valuesOf(Array.from(namedWeights(model), ([name, variable]) => [name, variable.read()] as const))
}

/** The outcome of a transfer, by weight name. */
export interface Transfer {
  readonly copied: readonly string[]
  /** Weights of the model that got no value and keep their own, such as variables of a quantizer that only this stage has. */
  readonly missing: readonly string[]
  /** Values that belong to no weight of the model. */
  readonly unused: readonly string[]
}

/**
 * Writes values into the weights of the same names, bit for bit.
 * @throws RunError on a weight whose shape differs.
 */
export function writeWeights(model: LayersModel, values: WeightValues): Transfer {
  const copied: string[] = []
  const missing: string[] = []
  const weights = namedWeights(model)
  for (const [name, variable] of weights) {
    const given = values.get(name)
    if (!given) {
      missing.push(name)
      continue
    }
    if (given.shape.join() !== variable.shape.join()) {
      throw new RunError({
        what: `The weight '${name}' cannot be carried over.`,
        expected: `shape [${variable.shape.join(', ')}]`,
        received: `[${given.shape.join(', ')}]`,
        fix: 'Compose the same network in every stage; only its quantizers may change.',
      })
    }
    tf.tidy(() => void variable.write(tf.tensor(given.data, given.shape as number[], 'float32')))
    copied.push(name)
  }
  return { copied, missing, unused: [...values.keys()].filter((name) => !weights.has(name)) }
}
