/** The plugins of a training thread: those of the modules it was given, and those of packages that a stage turns out to need. */
import { createRegistry, type Distiller, type Loss, OptionError, type Plugin, type Registry, type Task } from '@onebit/core'
import { registerLayers } from '@onebit/layers'
import type { ResolvedTerm } from '../losses/loss-terms.ts'
import { plugins as trainingPlugins } from '../plugins/index.ts'
import type { SentPlugin, SentTerm, StageMessage } from './messages.ts'

/**
 * The plugins of a module, from its default export.
 * @throws OptionError if it cannot be imported or exports none.
 */
async function importPlugins(url: string): Promise<readonly Plugin[]> {
  const module = await import(/* @vite-ignore */ url).catch((error: Error) => {
    const what = `The module '${url}' of plugins cannot be imported.`
    throw new OptionError({ what, received: error.message }, { cause: error })
  })
  const brought = typeof module.default === 'function' ? await module.default() : module.default
  if (typeof brought === 'object' && brought !== null) return [brought].flat(Number.POSITIVE_INFINITY) as Plugin[]
  throw new OptionError({
    what: `The module '${url}' exports no plugins.`,
    expected: 'a list of plugins, or a function that returns one, as its default export',
    received: typeof brought,
  })
}

const keyOf = ({ kind, name }: Pick<Plugin, 'kind' | 'name'>): string => `${kind} ${name}`

export class ThreadPlugins {
  readonly #plugins = new Map<string, Plugin>()
  #registry: Registry = createRegistry([])

  /** @param urls URLs of modules. If two have plugins of the same name, the earlier one wins. */
  static async load(urls: readonly string[]): Promise<ThreadPlugins> {
    const loaded = new ThreadPlugins()
    for (const url of urls) loaded.#add(await importPlugins(url))
    loaded.#add(trainingPlugins)
    loaded.#register()
    return loaded
  }

  #add(plugins: readonly Plugin[]): void {
    for (const plugin of plugins) if (!this.#plugins.has(keyOf(plugin))) this.#plugins.set(keyOf(plugin), plugin)
  }

  #register(): void {
    this.#registry = createRegistry([...this.#plugins.values()])
    registerLayers(this.#registry)
  }

  /** Imports the packages that a stage needs and this thread lacks. */
  async bring({ task, losses, quantizers }: StageMessage): Promise<void> {
    const needed = [task, ...losses.map(({ plugin }) => plugin), ...quantizers]
    for (const need of needed) {
      if (!this.#plugins.has(keyOf(need)) && need.module) this.#add(await importPlugins(need.module))
    }
    this.#register()
  }

  /** @throws PluginNotFoundError if no module exports the task. */
  task({ name }: SentPlugin): Task {
    return this.#registry.resolve('task', name).plugin
  }

  /** @throws PluginNotFoundError if no module exports a loss or a distiller. */
  terms(terms: readonly SentTerm[], task: Task): ResolvedTerm[] {
    return terms.map(({ plugin: sent, options, weight, taps }) => {
      const own = sent.kind === 'loss' ? task.losses.find(({ name }) => name === sent.name) : undefined
      const plugin = own ?? (this.#registry.resolve(sent.kind as 'loss' | 'distiller', sent.name).plugin as Loss | Distiller)
      return plugin.kind === 'distiller' ? { plugin, options, weight, taps: taps ?? [] } : { plugin, options, weight }
    })
  }
}
