/** Composes a model from names or objects: a network of blocks and quantizers, and the head of a task on top. */
import {
  type AnyFacts,
  type AnyOptions,
  attachTask,
  type Backbone,
  type BlockReference,
  checkArgument,
  checkOptions,
  completeOptions,
  type Head,
  type HeadReference,
  InvalidPluginError,
  type NetworkReference,
  type QuantizerReference,
  type Registry,
  rules,
  type Task,
  type TaskReference,
  type ValueRules,
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

const { anything, callback, object, record } = rules

/** The registry checks the references when it resolves them. */
const OPTIONS: ValueRules<keyof ComposeOptions> = {
  task: anything,
  facts: record(rules.json),
  network: anything,
  block: anything,
  activation: anything,
  weight: anything,
  head: anything,
  input: rules.list(rules.integer({ minimum: 1 }), { length: 3 }),
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
function statedOptions(reference: HeadReference | NetworkReference): AnyOptions {
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

/** A network also takes its own options from those derived from the facts, such as one heat-map per joint inside an hourglass. */
function buildNetwork(registry: Registry, { network, input, block, activation, weight, facts }: ComposeOptions, task: Task) {
  const { plugin } = registry.network(network)
  const following = Object.entries(task.headOptions(facts)).filter(([option]) => Object.hasOwn(plugin.options, option))
  const options = completeOptions(plugin, { ...Object.fromEntries(following), ...statedOptions(network) })
  const backbone = plugin.build(options, {
    input,
    block: registry.block(block),
    activation: activation === undefined ? undefined : registry.quantizer(activation),
    weight: weight === undefined ? undefined : registry.quantizer(weight),
  })
  return { plugin, backbone }
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
export function composeModel(registry: Registry, given: ComposeOptions): ComposedModel {
  checkArgument('composeModel()', 'registry', registry, object({ resolve: callback, task: callback }))
  const options = checkOptions('composeModel()', given, OPTIONS, ['task', 'facts', 'network', 'block', 'input'])
  const task = registry.task(options.task).plugin
  const { plugin: network, backbone } = buildNetwork(registry, options, task)
  const applied = applyHead(registry, options.head ?? task.head, task, options.facts, backbone)
  const outputs = { ...applied.outputs, ...backbone.outputs }
  checkOutputNames(applied.outputs, `The head '${applied.head.name}'`)
  checkOutputNames(backbone.outputs ?? {}, `The network '${network.name}'`)
  const composed = model({ inputs: backbone.input, outputs: Object.values(outputs), name: network.name })
  return { model: attachTask(composed, task), features: backbone.features, outputs, task }
}
