/** Every plugin that ships with Onebit, and plugins of other packages. */
import blocks from '@onebit/blocks'
import classify from '@onebit/classify'
import { createRegistry, type PluginList, type Registry, referenceBackend } from '@onebit/core'
import data from '@onebit/data'
import kd from '@onebit/kd'
import wasmBackends from '@onebit/kernels-wasm'
import webgpuBackends from '@onebit/kernels-webgpu/node'
import networks from '@onebit/networks'
import pose from '@onebit/pose'
import quantizers from '@onebit/quantizers'
import segment from '@onebit/segment'
import train from '@onebit/train'

/**
 * @param plugins Plugins of other packages.
 * @throws DuplicatePluginError if two plugins of a kind share a name.
 */
export function defaultRegistry(plugins: PluginList = []): Registry {
  const backends = [referenceBackend, wasmBackends, webgpuBackends]
  return createRegistry([quantizers, blocks, networks, classify, segment, pose, train, kd, data, backends, plugins])
}
