/** Checks backends. Usual mistakes are a backend's name, its function without a call, and a forgotten option. */

import type { BackendReference, Executable, KernelBackend } from '../contracts/kernel-backend.ts'
import { OptionError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import type { Registry } from '../registry.ts'

const EXPECTED = 'a backend, such as `wasm()` of @onebit/kernels-wasm, or `reference`'

function advice(given: unknown): string {
  if (typeof given === 'function') return 'Call it: { backend: wasm() }.'
  if (given === 'auto') return 'Say among which: { backend: auto([webgpu(), wasm()]) }, or give a registry that has them by name.'
  if (typeof given === 'string') return `Import it: import { wasm } from '@onebit/kernels-wasm', then { backend: wasm() }.`
  return 'Give { backend: wasm() }; `reference` of @onebit/core runs everywhere.'
}

function isBackend(given: unknown): given is KernelBackend {
  const parts = (typeof given === 'object' && given !== null ? given : {}) as Partial<KernelBackend>
  const isFunction = (part: unknown): boolean => typeof part === 'function'
  return typeof parts.name === 'string' && [parts.isSupported, parts.compile].every(isFunction)
}

/**
 * @param where The calling function's name in messages.
 * @throws OptionError unless `given` has the parts of a backend.
 */
export function checkBackend(where: string, given: unknown): KernelBackend {
  if (isBackend(given)) return given
  throw new OptionError({
    what: given === undefined ? `${where} lacks a backend.` : `${where} takes no such backend.`,
    expected: EXPECTED,
    received: given === undefined ? undefined : describeValue(given),
    fix: advice(given),
  })
}

/**
 * The backend itself, or the one that a registry knows by this name.
 * @throws OptionError unless `given` is a backend or a reference; PluginNotFoundError with the nearest name.
 */
export async function resolveBackend(
  where: string,
  given: KernelBackend | BackendReference,
  registry?: Pick<Registry, 'backend'>,
): Promise<KernelBackend> {
  if (!registry || given === undefined || isBackend(given)) return checkBackend(where, given)
  const { plugin, options } = registry.backend(given as BackendReference)
  return checkBackend(where, await plugin.create(options))
}

/**
 * Checks that a backend compiled an executable, because backends of other packages may not be written in TypeScript.
 * @throws OptionError naming the backend.
 */
export function checkExecutable(backend: string, given: unknown): Executable {
  const { run, dispose, explanations } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Executable>
  if (typeof run === 'function' && typeof dispose === 'function' && Array.isArray(explanations)) return given as Executable
  throw new OptionError({
    what: `The backend '${backend}' compiled something that cannot run.`,
    expected: '{ run, dispose, explanations }',
    received: describeValue(given),
    fix: 'Mend its compile(): docs/writing-a-backend.md describes its result.',
  })
}
