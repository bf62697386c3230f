/** Maps names to plugins. A registry knows only the plugins given to it. */
import type { Block, BlockReference } from './contracts/block.ts'
import type { Head, HeadReference } from './contracts/head.ts'
import type { Backend, BackendReference } from './contracts/kernel-backend.ts'
import type { Distiller, Loss } from './contracts/loss.ts'
import type { Network, NetworkReference } from './contracts/network.ts'
import { type Configured, completeOptions, type Plugin } from './contracts/plugin.ts'
import type { Quantizer, QuantizerReference } from './contracts/quantizer.ts'
import type { Task, TaskReference } from './contracts/task.ts'
import { DuplicatePluginError, InvalidPluginError, PluginNotFoundError } from './errors.ts'
import { checkArgument } from './options/check-options.ts'
import { describeValue } from './options/describe-value.ts'
import { nearestNames } from './options/nearest-names.ts'
import { anything, object, record, text } from './options/value-rules.ts'

/** Plugin types by kind. A package adds its own kind here by declaration merging. */
export interface PluginKinds {
  quantizer: Quantizer
  block: Block
  network: Network
  head: Head
  task: Task
  loss: Loss
  distiller: Distiller
  backend: Backend
}

/** A plugin, or a package's list of them. */
export type PluginList = Plugin | readonly PluginList[]

/** A name, a record of a name and options, a plugin, or a plugin with its options. */
export type Reference = string | Plugin | Configured<Plugin> | { readonly name: string; readonly [option: string]: unknown }

/** Resolves references to plugins. Every method that resolves one throws as `resolve` does. */
export interface Registry {
  /**
   * The plugin of a reference, with its options checked and complete.
   * @throws PluginNotFoundError with the nearest known names; OptionError on a bad option.
   */
  resolve<Kind extends keyof PluginKinds>(kind: Kind, reference: Reference): Configured<PluginKinds[Kind]>
  quantizer(reference: QuantizerReference): Configured<Quantizer>
  block(reference: BlockReference): Configured<Block>
  network(reference: NetworkReference): Configured<Network>
  head(reference: HeadReference): Configured<Head>
  task(reference: TaskReference): Configured<Task>
  backend(reference: BackendReference): Configured<Backend>
  /** Every plugin, or those of one kind, in the order given. */
  list(kind?: string): readonly Plugin[]
}

function isPlugin(value: unknown): value is Plugin {
  return !object({ kind: text, name: text, options: record(anything) })(value)
}

function isConfigured(value: unknown): value is Configured<Plugin> {
  return typeof value === 'object' && value !== null && 'plugin' in value
}

/**
 * A registry of the given plugins, including those in nested lists.
 * @throws DuplicatePluginError if two plugins of one kind share a name; InvalidPluginError if an entry is not a plugin.
 */
export function createRegistry(lists: PluginList): Registry {
  const plugins = new Map<string, Plugin>()
  const add = (item: PluginList): void => {
    if (Array.isArray(item)) {
      for (const entry of item) add(entry)
      return
    }
    if (!isPlugin(item)) {
      throw new InvalidPluginError({
        what: 'A registry was given something that is not a plugin.',
        expected: 'a kind, a name and options',
        received: describeValue(item),
      })
    }
    const key = `${item.kind} ${item.name}`
    if (plugins.has(key)) {
      throw new DuplicatePluginError({
        what: `There are two ${item.kind}s named '${item.name}'.`,
        received: `one from ${plugins.get(key)!.package ?? 'an unnamed package'}, one from ${item.package ?? 'an unnamed package'}`,
        fix: 'Rename one of them.',
      })
    }
    plugins.set(key, item)
  }
  add(lists)

  const find = (kind: string, name: string): Plugin => {
    const plugin = plugins.get(`${kind} ${name}`)
    if (plugin) return plugin
    const known = [...plugins.values()].filter((entry) => entry.kind === kind).map((entry) => entry.name)
    const [nearest] = nearestNames(name, known)
    throw new PluginNotFoundError({
      what: `There is no ${kind} named '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
      fix: known.length > 0 ? `Known: ${known.join(', ')}.` : `No ${kind}s are registered.`,
    })
  }

  const resolve = (kind: string, reference: Reference): Configured<Plugin> => {
    checkArgument('resolve()', 'kind', kind, text)
    if (typeof reference === 'string') {
      const plugin = find(kind, reference)
      return { plugin, options: completeOptions(plugin) }
    }
    if (isConfigured(reference))
      return { plugin: reference.plugin, options: completeOptions(reference.plugin, reference.options) }
    if (isPlugin(reference)) return { plugin: reference, options: completeOptions(reference) }
    checkArgument('resolve()', 'reference', reference, object({ name: text }))
    const { name, ...options } = reference
    const plugin = find(kind, name)
    return { plugin, options: completeOptions(plugin, options) }
  }

  return {
    resolve: resolve as Registry['resolve'],
    quantizer: (reference) => resolve('quantizer', reference as Reference) as Configured<Quantizer>,
    block: (reference) => resolve('block', reference as Reference) as Configured<Block>,
    network: (reference) => resolve('network', reference as Reference) as Configured<Network>,
    head: (reference) => resolve('head', reference as Reference) as Configured<Head>,
    task: (reference) => resolve('task', reference as Reference) as Configured<Task>,
    backend: (reference) => resolve('backend', reference as Reference) as Configured<Backend>,
    list: (kind) => [...plugins.values()].filter((plugin) => kind === undefined || plugin.kind === kind),
  }
}
