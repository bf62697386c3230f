/** Kernel backends by the names that `--backend` takes. */
import { type KernelBackend, nearestNames, reference } from '@onebit/core'
import { UsageError } from './errors.ts'

export const BACKENDS = ['wasm', 'reference'] as const
export type BackendName = (typeof BACKENDS)[number]

/**
 * @throws UsageError with the nearest name on any other.
 */
export async function backendNamed(name: string): Promise<KernelBackend> {
  if (name === 'reference') return reference
  if (name === 'wasm') return (await import('@onebit/kernels-wasm')).wasm()
  const [nearest] = nearestNames(name, BACKENDS)
  throw new UsageError({
    what: `There is no backend '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${BACKENDS.join(', ')}.`,
  })
}

/** Images to run at once: the plain loops of `reference` are slow, and progress should show. */
export function batchSizeFor(backend: KernelBackend): number {
  return backend.name === 'reference' ? 8 : 100
}
