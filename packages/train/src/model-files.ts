/** Saves and loads a tf.LayersModel as a folder's `model.json` and `weights.bin`: the file handler that TensorFlow.js has only in tfjs-node. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '@onebit/core'
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { RunError } from './errors.ts'

const MODEL = 'model.json'
const WEIGHTS = 'weights.bin'

function concatenate(data: io.WeightData): Uint8Array {
  return new Uint8Array(io.CompositeArrayBuffer.join(data))
}

/** @throws FileError; the files that were there stay. */
export async function saveLayersModel(model: LayersModel, folder: string): Promise<void> {
  const save = async (artifacts: io.ModelArtifacts): Promise<io.SaveResult> => {
    const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts
    await writeFileAtomically(join(folder, WEIGHTS), concatenate(weightData!))
    const manifest = { format, generatedBy, modelTopology, weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }] }
    await writeFileAtomically(join(folder, MODEL), new TextEncoder().encode(JSON.stringify(manifest)))
    return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) }
  }
  await model.save(io.withSaveHandler(save))
}

/**
 * Reads a saved model's weights into a model of the same layers, in order.
 * @throws RunError if they do not fit.
 */
export async function restoreWeights(model: LayersModel, folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, MODEL), 'utf8'))
  const bytes = new Uint8Array(await readFile(join(folder, WEIGHTS)))
  const specs = manifest.weightsManifest[0].weights as io.WeightsManifestEntry[]
  const variables = model.weights
  const shapes = (all: readonly { shape: readonly (number | null)[] }[]): string => JSON.stringify(all.map(({ shape }) => shape))
  if (shapes(specs) !== shapes(variables)) {
    throw new RunError({
      what: `The weights in '${folder}' do not fit the model.`,
      expected: `${variables.length} weights`,
      received: `${specs.length}, or other shapes`,
      fix: 'Compose the model that the run was started with.',
    })
  }
  const tensors = Object.values(io.decodeWeights(bytes.buffer, specs))
  for (const [index, tensor] of tensors.entries()) {
    variables[index].write(tensor)
    tensor.dispose()
  }
}

/**
 * Call `registerLayers(registry)` first, so that quantized layers are known.
 * @throws RunError if the folder holds no model.
 */
export async function loadSavedModel(folder: string): Promise<LayersModel> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, MODEL), 'utf8'))
    const weights = await readFile(join(folder, WEIGHTS))
    const handler = io.fromMemory({
      modelTopology: manifest.modelTopology,
      weightSpecs: manifest.weightsManifest[0].weights,
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
    })
    return await loadLayersModel(handler)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!missing) throw error
    throw new RunError(
      {
        what: `There is no trained model in '${folder}'.`,
        expected: `${MODEL} and ${WEIGHTS}`,
        fix: 'Give the folder that `onebit train --out` wrote.',
      },
      { cause: error },
    )
  }
}
