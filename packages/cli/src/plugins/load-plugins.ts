/** Loads plugins of other packages by the names in recipes and `--plugin`: modules with a list of plugins as default export. */
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkArguments, OnebitError, type Plugin } from '@onebit/core'
import { resolve as resolveModule } from 'import-meta-resolve'
import * as argument from '../argument-rules.ts'
import { PluginLoadError } from '../errors.ts'

export interface LoadedPlugins {
  /** Names that work from any folder: packages by name, files by absolute path. */
  readonly names: readonly string[]
  /** URLs of the modules, for threads. */
  readonly urls: readonly string[]
  readonly plugins: readonly Plugin[]
}

const isUrl = (name: string): boolean => /^(file|data|node):/.test(name)
const isPath = (name: string): boolean => /^\.{0,2}[/\\]/.test(name) || isAbsolute(name)

function urlOf(name: string, folder: string): string {
  if (isUrl(name)) return name
  if (isPath(name)) return pathToFileURL(resolve(folder, name)).href
  const from = pathToFileURL(join(folder, 'package.json')).href
  try {
    return resolveModule(name, from)
  } catch (error) {
    try {
      // Search beside the command itself, in case both were installed globally.
      return resolveModule(name, import.meta.url)
    } catch {
      throw new PluginLoadError(
        {
          plugin: name,
          what: `The plugin '${name}' is not installed.`,
          expected: `a package that is installed in '${folder}', or a path that begins with './'`,
          received: (error as Error).message.split('\n')[0],
          fix: `Install it: npm install ${name}`,
        },
        { cause: error },
      )
    }
  }
}

async function importModule(name: string, url: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(/* @vite-ignore */ url)
  } catch (error) {
    const { code, message, name: kind } = error as NodeJS.ErrnoException
    const missing = code === 'ERR_MODULE_NOT_FOUND' && message.includes(url.replace(/^file:\/\//, ''))
    throw new PluginLoadError(
      {
        plugin: name,
        what: missing ? `The plugin '${name}' was not found.` : `The plugin '${name}' fails to load.`,
        received: OnebitError.isInstance(error) ? `${kind}: ${message}` : message.split('\n')[0],
        fix: missing
          ? 'Check the path. It is relative to the working folder.'
          : 'Report it to its author; --debug shows where it fails.',
      },
      { cause: error },
    )
  }
}

const isPlugin = (value: unknown): value is Plugin =>
  typeof value === 'object' && value !== null && 'kind' in value && 'name' in value && 'options' in value

async function listOf(name: string, url: string): Promise<Plugin[]> {
  const refuse = (what: string, received: string): never => {
    throw new PluginLoadError({
      plugin: name,
      what,
      expected: 'a list of plugins, or a function that returns one, as the default export of its module',
      received,
      fix: 'Export the results of defineQuantizer, defineBlock, defineDataset and similar functions: export default [myQuantizer].',
    })
  }
  const module = await importModule(name, url)
  if (!('default' in module)) refuse(`The module of the plugin '${name}' has no default export.`, Object.keys(module).join(', '))
  const given = typeof module.default === 'function' ? await module.default() : module.default
  const list = [given].flat(Number.POSITIVE_INFINITY)
  const stranger = list.find((entry) => !isPlugin(entry))
  if (stranger !== undefined || list.length === 0) {
    refuse(`The plugin '${name}' exports a value that is not a plugin.`, list.length === 0 ? 'an empty list' : `${stranger}`)
  }
  return list as Plugin[]
}

/**
 * Loads the modules, each once, in order.
 * @param names Packages that are installed in the folder, paths, or URLs.
 * @param folder Folder in which names are resolved. Default: the working folder.
 * @throws PluginLoadError naming the plugin that is missing, throws, or exports no plugins.
 */
export async function loadPlugins(names: readonly string[], folder = process.cwd()): Promise<LoadedPlugins> {
  checkArguments('loadPlugins()', { names: [names, argument.names], folder: [folder, argument.filledText] })
  const byUrl = new Map<string, string>()
  for (const name of names) {
    const url = urlOf(name, folder)
    if (!byUrl.has(url)) byUrl.set(url, isPath(name) ? resolve(folder, name) : name)
  }
  const plugins = new Set<Plugin>()
  for (const [url, name] of byUrl) for (const plugin of await listOf(name, url)) plugins.add(plugin)
  return { names: [...byUrl.values()], urls: [...byUrl.keys()], plugins: [...plugins] }
}
