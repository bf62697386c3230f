/** Reads models of TensorFlow.js from the disk, as teachers. */
import { checkArguments, FileError, OptionError, rules } from '@onebit/core'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { readModelJson } from './read-model-json.ts'

/** What TensorFlow.js makes of the files. @throws FileError with its reason where it cannot. */
async function loadFrom<Model>(path: string, loadModel: (handler: io.IOHandler) => Promise<Model>): Promise<Model> {
  checkArguments('readModel()', { path: [path, rules.text] })
  const artifacts = await readModelJson(path)
  try {
    return await loadModel(io.fromMemory(artifacts))
  } catch (cause) {
    throw new FileError(
      {
        what: `TensorFlow.js cannot load the model at '${path}'.`,
        received: (cause as Error).message,
        fix: 'Register its layers first (registerLayers of @onebit/layers for binary ones), or save or convert the model again.',
      },
      { cause },
    )
  }
}

/**
 * A tf.LayersModel from a folder, or its model.json. If it is binary, call `registerLayers(registry)` of `@onebit/layers` first.
 * The caller disposes of it.
 * @throws FileError if it cannot be read, or TensorFlow.js cannot make a model of it; OptionError unless the path is a string.
 */
export async function readLayersModel(path: string): Promise<LayersModel> {
  return loadFrom(path, (handler) => loadLayersModel(handler))
}

/**
 * A tf.GraphModel from a folder, or its model.json. The caller disposes of it.
 * @throws FileError as `readLayersModel` does; OptionError if @tensorflow/tfjs-converter is not installed.
 */
export async function readGraphModel(path: string): Promise<GraphModel> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter').catch((cause: unknown) => {
    const what = 'A tf.GraphModel needs @tensorflow/tfjs-converter, which is not installed.'
    throw new OptionError({ option: 'teacher', what, fix: 'npm install @tensorflow/tfjs-converter' }, { cause })
  })
  return loadFrom(path, (handler) => loadGraphModel(handler))
}
