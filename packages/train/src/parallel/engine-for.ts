import { OptionError } from '@onebit/core'
import type { EngineName } from '../engine.ts'
import type { ResolvedWorkers } from './worker-options.ts'

/**
 * The engine of a run. With workers, `auto` means `wasm`.
 * @throws OptionError if the workers would have to train on another engine.
 */
export function engineFor(workers: ResolvedWorkers | undefined, engine: EngineName = 'auto'): EngineName {
  if (!workers) return engine
  if (engine === 'auto' || engine === 'wasm') return 'wasm'
  throw new OptionError({
    option: 'engine',
    what: `The engine '${engine}' does not train on worker threads.`,
    expected: `the engine 'wasm'`,
    received: `${workers.count} workers on '${engine}'`,
    fix: 'Leave out the workers, or choose the engine wasm.',
  })
}
