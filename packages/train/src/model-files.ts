/**
 * Saves and loads a tf.LayersModel as `model.json` and `weights.bin` in a folder. TensorFlow.js has such a file handler only in
 * tfjs-node.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkArguments, decodeJson, FileError, fileError, OnebitError, rules, sha256, writeFileAtomically } from '@onebit/core'
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { filledText, layersModel } from './argument-rules.ts'
import { checkTopology } from './check-topology.ts'
import { RunError } from './errors.ts'
import { storedChecksums } from './read-run.ts'

const MODEL = 'model.json'
const WEIGHTS = 'weights.bin'

function concatenate(data: io.WeightData): Uint8Array {
  return new Uint8Array(io.CompositeArrayBuffer.join(data))
}

/**
 * @returns the SHA-256 of each file, by name, so that the caller can record them.
 * @throws FileError if a file cannot be written; the earlier files stay.
 */
export async function saveLayersModel(model: LayersModel, folder: string): Promise<Readonly<Record<string, string>>> {
  checkArguments('saveLayersModel()', { model: [model, layersModel], folder: [folder, filledText] })
  const checksums: Record<string, string> = {}
  const write = async (file: string, bytes: Uint8Array): Promise<void> => {
    await writeFileAtomically(join(folder, file), bytes)
    checksums[file] = sha256(bytes)
  }
  const save = async (artifacts: io.ModelArtifacts): Promise<io.SaveResult> => {
    const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts
    await write(WEIGHTS, concatenate(weightData!))
    const manifest = { format, generatedBy, modelTopology, weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }] }
    await write(MODEL, new TextEncoder().encode(JSON.stringify(manifest)))
    return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) }
  }
  await model.save(io.withSaveHandler(save))
  return checksums
}

interface SavedModel {
  readonly topology: io.ModelJSON['modelTopology']
  readonly specs: readonly io.WeightsManifestEntry[]
  /** The values of the specs, one after the other. */
  readonly weights: ArrayBuffer
}

/** Bytes per value of each element type that weights may have. */
const ITEM_BYTES = { float32: 4, int32: 4, bool: 1 } as const

const { anything, integer, list, object, oneOf, text } = rules
const shape = list(integer({ minimum: 0, maximum: 2 ** 31 - 1 }))
const manifestRule = object({
  modelTopology: anything,
  weightsManifest: list(
    object({ weights: list(object({ name: text, shape, dtype: oneOf(Object.keys(ITEM_BYTES)) }, { quantization: oneOf([]) })) }),
    { minimum: 1 },
  ),
})

/** @throws RunError if the file does not exist; FileError if it cannot be read. */
async function readPart(folder: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(`'${join(folder, file)}' could not be read.`, error)
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

function damaged(folder: string, reason: string, cause?: unknown): RunError {
  const fix = 'Restore the folder from a copy, or train again; a checkpoint in it can be resumed.'
  return new RunError({ what: `The model in '${folder}' is damaged: ${reason}.`, fix }, { cause })
}

/** The files of a saved model, checked against the checksums in the run's record and against each other. */
async function readSavedModel(folder: string): Promise<SavedModel> {
  const [model, weights] = [await readPart(folder, MODEL), await readPart(folder, WEIGHTS)]
  const checksums = await storedChecksums(folder)
  for (const [file, bytes] of [
    [MODEL, model],
    [WEIGHTS, weights],
  ] as const) {
    if (Object.hasOwn(checksums, file) && checksums[file] !== sha256(bytes)) {
      throw damaged(folder, `${file} is not the file that the run wrote`)
    }
  }
  let manifest: unknown
  try {
    manifest = decodeJson(model, join(folder, MODEL))
  } catch (error) {
    if (!FileError.isInstance(error)) throw error
    throw damaged(folder, `${MODEL} is not valid JSON`, error)
  }
  const fault = manifestRule(manifest)
  if (fault) throw damaged(folder, `${MODEL} has ${fault.received} at '${fault.at}' (expected ${fault.expected})`)
  const { modelTopology, weightsManifest } = manifest as io.ModelJSON
  const specs = weightsManifest.flatMap(({ weights }) => weights)
  const expected = specs.reduce(
    (bytes, { shape, dtype }) => bytes + shape.reduce((size, axis) => size * axis, ITEM_BYTES[dtype as keyof typeof ITEM_BYTES]),
    0,
  )
  if (weights.length !== expected) throw damaged(folder, `${WEIGHTS} has ${weights.length} bytes, not ${expected}`)
  checkTopology(modelTopology, folder)
  const { buffer, byteOffset, length } = weights
  return { topology: modelTopology, specs, weights: buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer }
}

/**
 * Reads a saved model's weights into a model with the same layers, in order.
 * @throws RunError if they do not fit, or if the files are damaged.
 */
export async function restoreWeights(model: LayersModel, folder: string): Promise<void> {
  const { specs, weights } = await readSavedModel(folder)
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
  const tensors = Object.values(io.decodeWeights(weights, [...specs]))
  for (const [index, tensor] of tensors.entries()) {
    variables[index].write(tensor)
    tensor.dispose()
  }
}

/**
 * Call `registerLayers(registry)` first; otherwise TensorFlow.js does not know the quantized layers.
 * @throws RunError if the folder holds no model or a damaged one; the error of a layer if its options are unknown.
 */
export async function loadSavedModel(folder: string): Promise<LayersModel> {
  checkArguments('loadSavedModel()', { folder: [folder, filledText] })
  const { topology, specs, weights } = await readSavedModel(folder)
  try {
    return await loadLayersModel(io.fromMemory({ modelTopology: topology, weightSpecs: [...specs], weightData: weights }))
  } catch (error) {
    if (OnebitError.isInstance(error)) throw error
    throw damaged(folder, `TensorFlow.js cannot build it (${(error as Error).message})`, error)
  }
}
