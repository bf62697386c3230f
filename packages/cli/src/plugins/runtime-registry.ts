/** What running a frozen file needs of the registry: tasks, data sets and backends. Loads sooner than everything. */
import { createRegistry, type Registry } from '@onebit/core'
import { loadPlugins } from './load-plugins.ts'

/** @param names Of plugins of other packages, as `--plugin` gives them. @throws as `loadPlugins` and `createRegistry` do. */
export async function runtimeRegistry(names: readonly string[] = []): Promise<Registry> {
  const [
    { default: classify },
    { default: segment },
    { default: pose },
    { default: data },
    { default: backends },
    { referenceBackend },
    { plugins },
  ] = await Promise.all([
    import('@onebit/classify'),
    import('@onebit/segment'),
    import('@onebit/pose'),
    import('@onebit/data'),
    import('@onebit/kernels-wasm'),
    import('@onebit/core'),
    loadPlugins(names),
  ])
  return createRegistry([classify, segment, pose, data, referenceBackend, backends, plugins])
}
