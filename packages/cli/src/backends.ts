/** Kernel backends, by the names for `--backend`. */
import { type BackendReference, checkArguments, type KernelBackend, type LoadedNetwork, type Registry } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { parseReference } from './references.ts'
import type { Shell } from './shell.ts'

/** `wasm`, or `wasm:threads=auto`. */
export const DEFAULT_BACKEND = 'wasm'

/** @throws PluginNotFoundError with the nearest name; OptionError on a bad option; UsageError if the text is not a reference. */
export async function backendNamed(registry: Registry, text: string): Promise<KernelBackend> {
  checkArguments('backendNamed()', { registry: [registry, argument.registry], text: [text, argument.filledText] })
  const { plugin, options } = registry.backend(parseReference(text) as BackendReference)
  return plugin.create(options)
}

/** Number of images to run at once. The plain loops of `reference` are slow, and progress should be visible. */
export function batchSizeFor({ backend }: LoadedNetwork): number {
  return backend === 'reference' ? 8 : 100
}

/** Says which backend `auto` chose, and why none before it. */
export function tellChoice({ backend, passedOver }: Pick<LoadedNetwork, 'backend' | 'passedOver'>, shell: Shell): void {
  for (const { backend: name, reason } of passedOver) shell.note(`The backend '${name}' does not run this here: ${reason}`)
  if (passedOver.length > 0) shell.note(`The backend is '${backend}'.`)
}
