/**
 * Learned variables of a quantizer that a whole network shares. One layer holds them and returns them as values. Every quantized
 * layer with that quantizer takes them as inputs, after its own input. So they are saved, checkpointed, copied to threads and
 * trained once, like the weights of any layer, and their gradients add up.
 *
 * A quantized layer finds them by itself when it becomes part of a model: the variables depend on the model's input, so the graph
 * shows which layers share them. Quantizers with the same name and equal options are the same quantizer. Nested models, and
 * branches of other inputs, have their own variables.
 */
import { type Configured, OptionError, type Quantizer, type QuantizerTarget, type QuantizerVariable } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { CheckedLayer, type LayerOptions } from './checked-layer.ts'
import type { ToGraphContext } from './freeze/to-graph.ts'
import { oneOf } from './options/check-options.ts'
import { type QuantizerOption, requiredQuantizer } from './options/quantizer-option.ts'
import { savedInitializers } from './options/weight-options.ts'
import { initializerOf } from './quantizer-initializer.ts'

/** The quantizers of a layer, by target. */
export type LayerQuantizers = Readonly<Partial<Record<QuantizerTarget, Configured<Quantizer>>>>

type Values = tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[]

const TARGETS = ['activation', 'weight'] as const

/** The variables that a quantizer declares for the network, or for each layer and channel. */
export function variablesOf(
  configured: Configured<Quantizer> | undefined,
  context: { readonly target: QuantizerTarget; readonly channels: number },
  extent: 'network' | 'layer',
): [string, QuantizerVariable][] {
  const declared = configured?.plugin.variables?.(configured.options, context) ?? {}
  return Object.entries(declared).filter(([, variable]) => (variable.extent === 'network') === (extent === 'network'))
}

/** Variables of the network are declared without a number of channels. */
const networkVariables = (configured: Configured<Quantizer> | undefined, target: QuantizerTarget) =>
  variablesOf(configured, { target, channels: 1 }, 'network')

/** True if a layer's quantizers have variables that the network shares. */
export function hasNetworkVariables(quantizers: LayerQuantizers): boolean {
  return TARGETS.some((target) => networkVariables(quantizers[target], target).length > 0)
}

export interface QuantizerVariablesOptions extends LayerOptions {
  quantizer: QuantizerOption
  target: QuantizerTarget
}

export class QuantizerVariables extends CheckedLayer {
  static readonly className = 'QuantizerVariables'
  readonly configured: Configured<Quantizer>
  readonly target: QuantizerTarget
  readonly #variables: Record<string, tfl.LayerVariable> = {}

  /** @throws OptionError on an unknown option or a wrong value. */
  constructor(options: QuantizerVariablesOptions) {
    super(options, ['quantizer', 'target'])
    this.target = oneOf(this.title, 'target', options.target, TARGETS)
    this.configured = requiredQuantizer(this.title, 'quantizer', this.target, options.quantizer)
  }

  get #declared(): [string, QuantizerVariable][] {
    return networkVariables(this.configured, this.target)
  }

  override build(): void {
    for (const [name, { shape, initial }] of this.#declared) {
      this.#variables[name] = this.addWeight(name, [...shape], 'float32', initializerOf(initial))
    }
    this.built = true
  }

  /** The variables have no batch axis. */
  override computeOutputShape(): tfl.Shape[] {
    return this.#declared.map(([, { shape }]) => [...shape])
  }

  /** Returns copies, because a model frees the values between its layers. */
  override call(): tf.Tensor[] {
    return tf.tidy(() => this.#declared.map(([name]) => tf.clone(this.#variables[name].read())))
  }

  /** The current values of the variables, by name. */
  values(): Record<string, Float32Array> {
    return Object.fromEntries(
      this.#declared.map(([name]) => [name, this.#variables[name].read().dataSync().slice() as Float32Array]),
    )
  }

  /** Appends no nodes. Layers that use the quantizer already contain its frozen values. */
  toGraph({ inputs }: ToGraphContext): string {
    return inputs[0]
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { plugin, options } = this.configured
    return {
      ...super.getConfig(),
      quantizer: { name: plugin.name, options: { ...options } as tf.serialization.ConfigDict },
      target: this.target,
      ...savedInitializers(Object.fromEntries(this.#declared.map(([name, { initial }]) => [name, initializerOf(initial)]))),
    }
  }
}

/** The input of the graph that contains a value, found along first inputs. */
function graphInput(value: tfl.SymbolicTensor): tfl.SymbolicTensor {
  let tensor = value
  for (;;) {
    const { inboundLayers, inputTensors } = tensor.sourceLayer.inboundNodes[tensor.nodeIndex]
    if (inboundLayers.length === 0) return tensor
    tensor = inputTensors[0]
  }
}

function isSame(a: Configured<Quantizer>, b: Configured<Quantizer>): boolean {
  return a.plugin === b.plugin && JSON.stringify(a.options) === JSON.stringify(b.options)
}

/** The variables of a quantizer in the graph that contains a value. The first call creates them. */
function sharedIn(value: tfl.SymbolicTensor, quantizer: Configured<Quantizer>, target: QuantizerTarget): tfl.SymbolicTensor[] {
  const input = graphInput(value)
  const found = input.sourceLayer.outboundNodes.map(({ outboundLayer }) => outboundLayer).filter(isVariables)
  const same = found.find((layer) => layer.target === target && isSame(layer.configured, quantizer))
  if (same) return same.inboundNodes[0].outputTensors
  const name = `network.${target}-quantizer${found.length === 0 ? '' : found.length + 1}`
  return new QuantizerVariables({ name, quantizer, target }).apply(input) as tfl.SymbolicTensor[]
}

function isVariables(layer: tfl.layers.Layer): layer is QuantizerVariables {
  return layer instanceof QuantizerVariables
}

/** The inputs of a quantized layer, plus the network's variables of its quantizers if they are missing. */
export function withNetworkVariables(inputs: Values, quantizers: LayerQuantizers): Values {
  const [own, ...others] = [inputs].flat()
  if (!(own instanceof tfl.SymbolicTensor) || others.length > 0) return inputs
  const shared = TARGETS.flatMap((target) =>
    networkVariables(quantizers[target], target).length === 0 ? [] : sharedIn(own, quantizers[target]!, target),
  )
  return shared.length === 0 ? own : [own, ...shared]
}

/**
 * The network's variables of one of a layer's quantizers, by name, taken from the layer's inputs.
 * @throws OptionError if the layer was called on only a tensor.
 */
export function networkVariablesAmong(
  inputs: readonly tf.Tensor[],
  quantizers: LayerQuantizers,
  target: QuantizerTarget,
  layer: string,
): Record<string, tf.Tensor> {
  const names = TARGETS.map((side) => networkVariables(quantizers[side], side).map(([name]) => name))
  const [before, own] = target === 'activation' ? [0, names[0]] : [names[0].length, names[1]]
  if (inputs.length < 1 + before + own.length) {
    throw new OptionError({
      what: `Layer '${layer}' is called on a tensor, but a whole network shares the variables of its quantizer.`,
      expected: `a model, or the variables ${own.join(', ')} after the input`,
      received: `${inputs.length} inputs`,
      fix: 'Build the layer into a model, and call that.',
    })
  }
  return Object.fromEntries(own.map((name, index) => [name, inputs[1 + before + index]]))
}

/** The layer that holds the network's variables of a quantizer of a layer in a model. */
function ownerOf(layer: tfl.layers.Layer, target: QuantizerTarget): QuantizerVariables | undefined {
  return layer.inboundNodes[0]?.inboundLayers.filter(isVariables).find((variables) => variables.target === target)
}

/** The values of the network's variables that a layer in a model reads for one of its quantizers. */
export function networkValues(layer: tfl.layers.Layer, target: QuantizerTarget): Record<string, Float32Array> {
  return ownerOf(layer, target)?.values() ?? {}
}

/** The network's variables that a layer in a model takes as inputs, after its own input. The caller disposes them. */
export function networkInputs(layer: tfl.layers.Layer): tf.Tensor[] {
  return TARGETS.flatMap((target) => ownerOf(layer, target)?.call() ?? [])
}
