/** The plugins that run a frozen file: tasks, data sets and backends. Every registry of the command has these. */
import classify from '@onebit/classify'
import { autoBackend, type PluginList, referenceBackend } from '@onebit/core'
import data from '@onebit/data'
import wasmBackends, { wasmBackend } from '@onebit/kernels-wasm'
import webgpuBackends, { webgpuBackend } from '@onebit/kernels-webgpu/node'
import pose from '@onebit/pose'
import segment from '@onebit/segment'

/** `--backend auto`: the fastest of these that runs here. */
const auto = autoBackend([webgpuBackend, { plugin: wasmBackend, options: { threads: 'auto' } }, wasmBackend, referenceBackend])

export const runtimePlugins: PluginList = [classify, segment, pose, data, referenceBackend, wasmBackends, webgpuBackends, auto]
