/** The plugins that run a frozen file: tasks, data sets and backends. Every registry of the command has these. */
import classify from '@onebit/classify'
import { type PluginList, referenceBackend } from '@onebit/core'
import data from '@onebit/data'
import wasmBackends from '@onebit/kernels-wasm'
import webgpuBackends from '@onebit/kernels-webgpu/node'
import pose from '@onebit/pose'
import segment from '@onebit/segment'

export const runtimePlugins: PluginList = [classify, segment, pose, data, referenceBackend, wasmBackends, webgpuBackends]
