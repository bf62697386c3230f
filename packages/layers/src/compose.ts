/** Composes a model from names or objects: a network of blocks and quantizers, and the head of a task on top. */
import {
  type AnyFacts,
  type AnyOptions,
  attachTask,
  type Backbone,
  type BlockReference,
  completeOptions,
  type Head,
  type HeadReference,
  InvalidPluginError,
  type NetworkReference,
  type QuantizerReference,
  type Registry,
  type Task,
  type TaskReference,
} from '@onebit/core'
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'

export interface ComposeOptions {
  readonly task: TaskReference
  /** Facts about the data that the task needs, such as classes or joints. */
  readonly facts: AnyFacts
  readonly network: NetworkReference
  readonly block: BlockReference
  /** Quantizes the inputs of the block's binary convolutions. Without it, they stay real. */
  readonly activation?: QuantizerReference
  /** Quantizes the kernels of the block's binary convolutions. Without it, they stay real. */
  readonly weight?: QuantizerReference
  /** Replaces the task's own head. Its options override those derived from the facts. */
  readonly head?: HeadReference
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
}

export interface ComposedModel {
  /** The model from `image`, `[batch, height, width, channels]`, to the outputs. Each output comes from the layer of its name. */
  readonly model: LayersModel
  /** Values inside the model by name, such as `stage2.block1` or `stage2`. Distillers and the taps of `freeze` use them. */
  readonly features: Backbone['features']
  /** The outputs of the head and the network by name, in the model's order. */
  readonly outputs: Readonly<Record<string, SymbolicTensor>>
  /** The task. It is also attached to the model, where `train` finds it. */
  readonly task: Task
}

/** The options that a reference states, without defaults: only stated options override those derived from the facts. */
function statedOptions(reference: HeadReference): AnyOptions {
  if (typeof reference === 'string' || 'kind' in reference) return {}
  if ('plugin' in reference) return (reference as { readonly options: AnyOptions }).options
  const { name: _, ...options } = reference as { readonly name: string }
  return options
}

function applyHead(registry: Registry, reference: HeadReference, task: Task, facts: AnyFacts, backbone: Backbone) {
  const head: Head = registry.head(reference).plugin
  const options = completeOptions(head, { ...task.headOptions(facts), ...statedOptions(reference) })
  return { head, outputs: head.apply(backbone, options) }
}

/** Frozen files and losses identify an output by its layer's name. */
function checkOutputNames(outputs: Readonly<Record<string, SymbolicTensor>>, owner: string): void {
  for (const [name, { sourceLayer }] of Object.entries(outputs)) {
    if (sourceLayer.name === name) continue
    throw new InvalidPluginError({
      what: `${owner} names an output differently from its layer.`,
      expected: `a layer named '${name}'`,
      received: `'${sourceLayer.name}'`,
      fix: `Give the last layer of the output the name '${name}'.`,
    })
  }
}

/**
 * Composes a model for a task, and names the values inside it.
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option; InvalidPluginError if an output's layer has
 *   another name.
 */
export function composeModel(registry: Registry, options: ComposeOptions): ComposedModel {
  const task = registry.task(options.task).plugin
  const network = registry.network(options.network)
  const backbone = network.plugin.build(network.options, {
    input: options.input,
    block: registry.block(options.block),
    activation: options.activation === undefined ? undefined : registry.quantizer(options.activation),
    weight: options.weight === undefined ? undefined : registry.quantizer(options.weight),
  })
  const applied = applyHead(registry, options.head ?? task.head, task, options.facts, backbone)
  const outputs = { ...applied.outputs, ...backbone.outputs }
  checkOutputNames(applied.outputs, `The head '${applied.head.name}'`)
  checkOutputNames(backbone.outputs ?? {}, `The network '${network.plugin.name}'`)
  const composed = model({ inputs: backbone.input, outputs: Object.values(outputs), name: network.plugin.name })
  return { model: attachTask(composed, task), features: backbone.features, outputs, task }
}
