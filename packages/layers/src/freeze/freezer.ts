/**
 * Walks from a model's outputs to its inputs. Nodes have the path of their layer as name: `conv` in the model itself,
 * `backbone.conv` in a nested model, `conv.call2` for the second call of a layer, and `conv_2` if another layer already has the
 * name.
 */
import { FreezeError } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'
import { QuantizerVariables } from '../quantizer-variables.ts'
import { emitRealActivation } from './emit-real-activation.ts'
import { emitStock } from './stock/index.ts'
import { isFreezable } from './to-graph.ts'
import type { TrialBuilder } from './trial-builder.ts'

/** Names of the layers' calls, across all nested models. */
export class CallNames {
  readonly #names = new Set<string>()
  readonly #first = new Map<tfl.layers.Layer, string>()
  /** Maps the name of each further call of a layer to that of its first call. */
  readonly repeats = new Map<string, string>()

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(layer: tfl.layers.Layer, name: string): void {
    this.#names.add(name)
    const first = this.#first.get(layer)
    if (first === undefined) this.#first.set(layer, name)
    else this.repeats.set(name, first)
  }
}

export class Freezer {
  readonly #builder: TrialBuilder
  readonly #names: CallNames
  readonly #scope: string
  readonly #values = new Map<number, string>()
  /** The first call of each layer in this model, and the number of calls. */
  readonly #calls = new Map<tfl.layers.Layer, { readonly name: string; readonly count: number }>()
  /** The walks through nested models, one for each call. */
  readonly #inner = new Map<unknown, Freezer>()

  /** @param scope Prefix for the names of the model's layers. */
  constructor(builder: TrialBuilder, names: CallNames, scope = '') {
    this.#builder = builder
    this.#names = names
    this.#scope = scope
  }

  bind(tensor: tfl.SymbolicTensor, value: string): void {
    this.#values.set(tensor.id, value)
  }

  /** The value of a symbolic tensor. First it appends the nodes that the value depends on. */
  value(tensor: tfl.SymbolicTensor): string {
    const known = this.#values.get(tensor.id)
    if (known !== undefined) return known
    const layer = tensor.sourceLayer
    const value =
      layer instanceof tfl.LayersModel
        ? this.#innerOf(layer, tensor.nodeIndex).value(layer.outputs[tensor.tensorIndex])
        : this.#layer(layer, tensor.nodeIndex)
    this.#values.set(tensor.id, value)
    return value
  }

  #inputsOf(layer: tfl.layers.Layer, call: number): string[] {
    // Layers that use a quantizer already contain the frozen values of its variables.
    const own = layer.inboundNodes[call].inputTensors.filter(({ sourceLayer }) => !(sourceLayer instanceof QuantizerVariables))
    return own.map((input) => this.value(input))
  }

  #layer(layer: tfl.layers.Layer, call: number): string {
    const { length } = layer.inboundNodes[call].outputTensors
    if (length > 1) {
      throw new FreezeError({
        what: `Layer '${layer.name}' (${layer.getClassName()}) cannot be frozen: it has several outputs.`,
        expected: 'one output, the value that toGraph returns',
        received: `${length}`,
        fix: 'Split it into layers with one output each.',
      })
    }
    const inputs = this.#inputsOf(layer, call)
    return this.#named(layer, (name) => {
      const context = { builder: this.#builder, name, inputs: emitRealActivation(this.#builder, layer, name, inputs) }
      return isFreezable(layer) ? layer.toGraph(context) : emitStock(layer, context)
    })
  }

  #innerOf(model: tfl.LayersModel, call: number): Freezer {
    const node = model.inboundNodes[call]
    const known = this.#inner.get(node)
    if (known) return known
    const inputs = this.#inputsOf(model, call)
    const scope = this.#named(model, (name) => name)
    const inner = new Freezer(this.#builder, this.#names, `${scope}.`)
    model.inputs.forEach((tensor, index) => {
      inner.bind(tensor, inputs[index])
    })
    this.#inner.set(node, inner)
    return inner
  }

  /** Calls `append` with the first free name for this call of the layer, and returns its result. */
  #named(layer: tfl.layers.Layer, append: (name: string) => string): string {
    const first = this.#calls.get(layer)
    const count = (first?.count ?? 0) + 1
    const stem = first ? `${first.name}.call${count}` : `${this.#scope}${layer.name}`
    for (let number = 1; ; number++) {
      const name = number === 1 ? stem : `${stem}_${number}`
      if (this.#names.has(name)) continue
      const value = this.#builder.attempt(() => append(name))
      if (value === undefined) continue
      this.#names.add(layer, name)
      this.#calls.set(layer, { name: first?.name ?? name, count })
      return value
    }
  }
}
