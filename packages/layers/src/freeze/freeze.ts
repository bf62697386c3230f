/**
 * Freeze: the one bridge from TensorFlow.js to the graph. It walks the model from its outputs and asks every layer to write itself
 * down; what a layer is called plays no part.
 */
import { FreezeError, type Graph, GraphBuilder, saveModel, writeModel } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'
import { emitRealActivation } from './emit-real-activation.ts'
import { mergeAffines } from './merge-affines.ts'
import { shareTensors } from './share-tensors.ts'
import { stockConverter } from './stock-layers.ts'
import { isFreezable } from './to-graph.ts'

export interface FreezeOptions {
  /** Text that travels with the model. Of a classifier, what `classifierMetadata` of `@onebit/classify` makes: labels, normalization. */
  metadata?: Readonly<Record<string, string>>
  /** Further values to return from `run`: output names to the symbolic tensors of the model. */
  taps?: Readonly<Record<string, tfl.SymbolicTensor>>
}

export interface FrozenModel {
  readonly graph: Graph
  /** The file's bytes. */
  bytes(): Uint8Array
  /**
   * Writes the file atomically. Node only.
   * @throws FileError and leaves what was there.
   */
  save(path: string): Promise<void>
}

class Freezer {
  readonly #builder: GraphBuilder
  readonly #values = new Map<number, string>()
  readonly #names = new Map<tfl.layers.Layer, number>()

  constructor(builder: GraphBuilder) {
    this.#builder = builder
  }

  bind(tensor: tfl.SymbolicTensor, value: string): void {
    this.#values.set(tensor.id, value)
  }

  /** The value of a symbolic tensor, after appending whatever it depends on. */
  value(tensor: tfl.SymbolicTensor): string {
    const known = this.#values.get(tensor.id)
    if (known !== undefined) return known
    const layer = tensor.sourceLayer
    const { inputTensors } = layer.inboundNodes[tensor.nodeIndex]
    const inputs = inputTensors.map((input) => this.value(input))
    const value = layer instanceof tfl.LayersModel ? this.#nested(layer, inputs, tensor.tensorIndex) : this.#layer(layer, inputs)
    this.#values.set(tensor.id, value)
    return value
  }

  #layer(layer: tfl.layers.Layer, inputs: readonly string[]): string {
    const name = this.#uniqueName(layer)
    const context = { builder: this.#builder, name, inputs: emitRealActivation(this.#builder, layer, name, inputs) }
    return isFreezable(layer) ? layer.toGraph(context) : stockConverter(layer)(layer, context)
  }

  #nested(model: tfl.LayersModel, inputs: readonly string[], output: number): string {
    const inner = new Freezer(this.#builder)
    for (const [layer, uses] of this.#names) inner.#names.set(layer, uses)
    model.inputs.forEach((tensor, index) => {
      inner.bind(tensor, inputs[index])
    })
    return inner.value(model.outputs[output])
  }

  /** A layer called twice writes its nodes twice, the second time under a numbered name; their tensors are shared at the end. */
  #uniqueName(layer: tfl.layers.Layer): string {
    const uses = (this.#names.get(layer) ?? 0) + 1
    this.#names.set(layer, uses)
    return uses === 1 ? layer.name : `${layer.name}.call${uses}`
  }
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
 * A trained model as a graph of packed bits and floats. Inputs and outputs are named by the layers that make them.
 * @throws FreezeError if an input shape is open or a layer has no way into the graph; GraphError if shapes do not fit.
 */
export function freeze(model: tfl.LayersModel, { metadata = {}, taps = {} }: FreezeOptions = {}): FrozenModel {
  const builder = new GraphBuilder()
  const freezer = new Freezer(builder)
  for (const tensor of model.inputs) freezer.bind(tensor, builder.input(tensor.sourceLayer.name, staticShape(tensor)))
  for (const tensor of model.outputs) builder.output(tensor.sourceLayer.name, freezer.value(tensor))
  for (const [name, tensor] of Object.entries(taps)) builder.output(name, freezer.value(tensor))
  builder.metadata(metadata)
  const graph = shareTensors(mergeAffines(builder.build()))
  return { graph, bytes: () => writeModel(graph), save: (path) => saveModel(graph, path) }
}
