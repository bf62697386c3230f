/** Every plugin that ships with Onebit, and plugins of other packages. */
import blocks from '@onebit/blocks'
import { createRegistry, type PluginList, type Registry } from '@onebit/core'
import kd from '@onebit/kd'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import train from '@onebit/train'
import { runtimePlugins } from './plugins/runtime-plugins.ts'

/**
 * @param plugins Plugins of other packages.
 * @throws DuplicatePluginError if two plugins of a kind share a name.
 */
export function defaultRegistry(plugins: PluginList = []): Registry {
  return createRegistry([quantizers, blocks, networks, runtimePlugins, train, kd, plugins])
}
