/**
 * The identity of a model, as SHA-256. A resumed run, and stored outputs of a teacher, use it to check that the model is the
 * same.
 */
import { sha256 } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { namedQuantizedLayers, namedWeights } from './named-weights.ts'
import { readWeights } from './weight-values.ts'

/** Digest of everything that gives a model's weights their meaning: their names and shapes, and the quantizers. */
export function modelDigest(model: LayersModel): string {
  const weights = Array.from(namedWeights(model), ([name, variable]) => [name, variable.shape])
  const quantizers = namedQuantizedLayers(model).map(({ path, layer }) => {
    const { inputQuantizer, kernelQuantizer, latentClip } = layer.getConfig()
    return [path, inputQuantizer, kernelQuantizer, latentClip]
  })
  return sha256(new TextEncoder().encode(JSON.stringify([weights, quantizers])))
}

/** Digest of the values of a model's weights. */
export async function weightsDigest(model: LayersModel): Promise<string> {
  const values = Array.from(
    await readWeights(model),
    ([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  )
  return sha256(...values)
}
