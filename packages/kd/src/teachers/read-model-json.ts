/**
 * Reads a `model.json` of TensorFlow.js and the weights beside it from the disk. `tf.loadLayersModel` and `tf.loadGraphModel`
 * read them from a server, and from files only with tfjs-node.
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decodeJson, FileError, fileError, rules } from '@onebit/core'
import type { io } from '@tensorflow/tfjs-core'

const MODEL = 'model.json'

/** Bytes per stored element. */
const ITEM_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  uint8: 1,
  uint16: 2,
  float16: 2,
}

const { anything, integer, list, object, oneOf, text } = rules
const weightRule = object(
  { name: text, shape: list(integer({ minimum: 0 })), dtype: oneOf(['float32', 'int32', 'bool', 'complex64']) },
  { quantization: object({ dtype: oneOf(['uint8', 'uint16', 'float16']) }) },
)
const manifestRule = object({
  modelTopology: anything,
  weightsManifest: list(object({ paths: list(text), weights: list(weightRule) })),
})

async function readPart(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw fileError(`'${path}' could not be read.`, error)
  }
}

async function modelFile(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(`There is no model at '${path}'.`, error)
  })
  return found.isDirectory() ? join(path, MODEL) : path
}

const bytesOf = ({ shape, dtype, quantization }: io.WeightsManifestEntry): number =>
  shape.reduce((size, side) => size * side, ITEM_BYTES[quantization?.dtype ?? dtype])

/**
 * @param path A folder, or its model.json.
 * @throws FileError if a file is missing, is not JSON, is not from a model, or does not have its stated length.
 */
export async function readModelJson(path: string): Promise<io.ModelArtifacts> {
  const file = await modelFile(path)
  const damaged = (reason: string): FileError =>
    new FileError({ what: `'${file}' is no model of TensorFlow.js: ${reason}.`, fix: 'Save or convert the model again.' })
  const json = decodeJson(await readPart(file), file)
  const fault = manifestRule(json)
  if (fault) throw damaged(`it has ${fault.received} at '${fault.at}' (expected ${fault.expected})`)
  const { weightsManifest, ...artifacts } = json as io.ModelJSON
  const paths = weightsManifest.flatMap((group) => group.paths)
  // A model is data, so it may only name files beside it.
  const stranger = paths.find((name) => /[/\\]/.test(name) || name === '..')
  if (stranger !== undefined) throw damaged(`its weights are not beside it, but at '${stranger}'`)
  const parts = await Promise.all(paths.map((name) => readPart(join(dirname(file), name))))
  const weightData = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let end = 0
  for (const part of parts) {
    weightData.set(part, end)
    end += part.length
  }
  const weightSpecs = weightsManifest.flatMap((group) => group.weights)
  const expected = weightSpecs.reduce((sum, spec) => sum + bytesOf(spec), 0)
  if (end !== expected) throw damaged(`its weights have ${end} bytes, not ${expected}`)
  return { ...artifacts, weightSpecs, weightData: weightData.buffer }
}
