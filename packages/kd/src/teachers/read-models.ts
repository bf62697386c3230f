/** Reads models of TensorFlow.js from the disk, as teachers. */
import { OptionError } from '@onebit/core'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { readModelJson } from './read-model-json.ts'

/**
 * A tf.LayersModel from a folder, or its model.json. If it is binary, call `registerLayers(registry)` of `@onebit/layers` first.
 * The caller disposes of it.
 * @throws FileError if it cannot be read; the errors of layers on unknown options.
 */
export async function readLayersModel(path: string): Promise<LayersModel> {
  return loadLayersModel(io.fromMemory(await readModelJson(path)))
}

/**
 * A tf.GraphModel from a folder, or its model.json. The caller disposes of it.
 * @throws FileError if it cannot be read; OptionError if @tensorflow/tfjs-converter is not installed.
 */
export async function readGraphModel(path: string): Promise<GraphModel> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter').catch((cause: unknown) => {
    const what = 'A tf.GraphModel needs @tensorflow/tfjs-converter, which is not installed.'
    throw new OptionError({ option: 'teacher', what, fix: 'npm install @tensorflow/tfjs-converter' }, { cause })
  })
  return loadGraphModel(io.fromMemory(await readModelJson(path)))
}
