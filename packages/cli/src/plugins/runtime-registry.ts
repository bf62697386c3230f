/** The registry for running a frozen file: tasks, data sets and backends. It loads faster than the full registry. */
import { createRegistry, type Registry } from '@onebit/core'
import { loadPlugins } from './load-plugins.ts'

/** @param names Names of other plugins, from `--plugin`. @throws the errors of `loadPlugins` and `createRegistry`. */
export async function runtimeRegistry(names: readonly string[] = []): Promise<Registry> {
  const [
    { default: classify },
    { default: segment },
    { default: pose },
    { default: data },
    { default: wasmBackends },
    { default: webgpuBackends },
    { referenceBackend },
    { plugins },
  ] = await Promise.all([
    import('@onebit/classify'),
    import('@onebit/segment'),
    import('@onebit/pose'),
    import('@onebit/data'),
    import('@onebit/kernels-wasm'),
    import('@onebit/kernels-webgpu/node'),
    import('@onebit/core'),
    loadPlugins(names),
  ])
  return createRegistry([classify, segment, pose, data, referenceBackend, wasmBackends, webgpuBackends, plugins])
}
