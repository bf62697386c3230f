/** Every plugin that ships with Onebit, and plugins of other packages. */
import blocks from '@onebit/blocks'
import classify from '@onebit/classify'
import { createRegistry, type PluginList, type Registry, referenceBackend } from '@onebit/core'
import data from '@onebit/data'
import backends from '@onebit/kernels-wasm'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import segment from '@onebit/segment'
import train from '@onebit/train'

/**
 * @param plugins Plugins of other packages.
 * @throws DuplicatePluginError if two plugins of a kind share a name.
 */
export function defaultRegistry(plugins: PluginList = []): Registry {
  return createRegistry([quantizers, blocks, networks, classify, segment, train, data, referenceBackend, backends, plugins])
}
