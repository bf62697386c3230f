/** The registry for running a frozen file. It loads faster than the full registry. */
import { createRegistry, type Registry } from '@onebit/core'
import { loadPlugins } from './load-plugins.ts'

/** @param names Names of other plugins, from `--plugin`. @throws the errors of `loadPlugins` and `createRegistry`. */
export async function runtimeRegistry(names: readonly string[] = []): Promise<Registry> {
  const [{ runtimePlugins }, { plugins }] = await Promise.all([import('./runtime-plugins.ts'), loadPlugins(names)])
  return createRegistry([runtimePlugins, plugins])
}
