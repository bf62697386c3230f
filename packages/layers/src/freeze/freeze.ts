/**
 * Freeze: the only bridge from TensorFlow.js to the graph. It walks the model from its outputs and asks every layer to append its
 * own nodes. The layers' names and classes do not matter.
 */
import { checkOptions, FreezeError, type Graph, rules, saveModel, type ValueRules, writeModel } from '@onebit/core'
import { removeUnused } from '@onebit/core/compile'
import type * as tfl from '@tensorflow/tfjs-layers'
import { checkModel } from '../one-copy.ts'
import { CallNames, Freezer } from './freezer.ts'
import { mergeAffines } from './merge-affines.ts'
import { shareTensors } from './share-tensors.ts'
import { TrialBuilder } from './trial-builder.ts'

export interface FreezeOptions {
  /**
   * Text that the model file carries, such as labels and normalization. For a classifier, `classifierMetadata` of `@onebit/classify`
   * makes it.
   */
  metadata?: Readonly<Record<string, string>>
  /** More values for `run` to return: output names and the symbolic tensors of the model. */
  taps?: Readonly<Record<string, tfl.SymbolicTensor>>
}

const OPTIONS: ValueRules<keyof FreezeOptions> = { metadata: rules.record(rules.text), taps: rules.record(rules.symbolicTensor) }

export interface FrozenModel {
  readonly graph: Graph
  /** The file's bytes. */
  bytes(): Uint8Array
  /**
   * Writes the file atomically. Node only.
   * @throws FileError if it cannot be written; the old file stays.
   */
  save(path: string): Promise<void>
}

function staticShape(tensor: tfl.SymbolicTensor): number[] {
  const shape = tensor.shape.slice(1)
  if (shape.some((size) => size === null)) {
    throw new FreezeError({
      what: `Model input '${tensor.name}' has an open shape.`,
      expected: 'every size but the batch',
      received: `[${tensor.shape.join(', ')}]`,
      fix: 'Build the model with the input size it will run at.',
    })
  }
  return shape as number[]
}

/**
 * Names of the graph's outputs. An output has the name of its layer or, if the layer has several outputs, the name of its node. If
 * that name is taken, as that of a value which is an output twice, a number follows.
 */
function outputNames(model: tfl.LayersModel, values: readonly string[]): string[] {
  const layers = model.outputs.map((tensor) => tensor.sourceLayer.name)
  const stems = layers.map((layer, index) => (layers.indexOf(layer) === layers.lastIndexOf(layer) ? layer : values[index]))
  const taken = new Set<string>()
  return stems.map((stem, index) => {
    // A later output that has this very name keeps it.
    const isFree = (name: string): boolean => !taken.has(name) && (name === stem || !stems.includes(name, index))
    let name = stem
    for (let number = 2; !isFree(name); number++) name = `${stem}_${number}`
    taken.add(name)
    return name
  })
}

/**
 * Converts a trained model to a graph of packed bits and floats. Inputs and outputs have the names of their layers, and nodes the
 * path to their layer.
 * @throws DuplicatePackageError on a model of another copy of TensorFlow.js; OptionError on a bad option; FreezeError if the
 *   value is not a model, if an input shape is open or if a layer cannot be written as nodes; GraphError if shapes do not fit.
 */
export function freeze(model: tfl.LayersModel, options: FreezeOptions = {}): FrozenModel {
  checkModel('freeze()', model, FreezeError)
  const { metadata = {}, taps = {} } = checkOptions('freeze()', options, OPTIONS)
  const builder = new TrialBuilder()
  const calls = new CallNames()
  const freezer = new Freezer(builder, calls)
  for (const tensor of model.inputs) freezer.bind(tensor, builder.input(tensor.sourceLayer.name, staticShape(tensor)))
  const values = model.outputs.map((tensor) => freezer.value(tensor))
  outputNames(model, values).forEach((name, index) => {
    builder.output(name, values[index])
  })
  for (const [name, tensor] of Object.entries(taps)) builder.output(name, freezer.value(tensor))
  builder.metadata(metadata)
  const graph = shareTensors(mergeAffines(removeUnused(builder.build())), calls.repeats)
  return { graph, bytes: () => writeModel(graph), save: (path) => saveModel(graph, path) }
}
