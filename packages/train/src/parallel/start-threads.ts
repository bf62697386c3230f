/** The training threads of a run, and how they are to train. */
import { OptionError } from '@onebit/core'
import type { EngineName } from '../engine.ts'
import { ThreadTeam } from './thread-team.ts'
import type { ResolvedWorkers } from './worker-options.ts'

export interface Threads {
  readonly team: ThreadTeam
  readonly workers: ResolvedWorkers
}

/**
 * The engine of a run: with workers, `auto` stands for `wasm`.
 * @throws OptionError if workers are to train on another.
 */
export function engineFor(workers: ResolvedWorkers | undefined, engine: EngineName = 'auto'): EngineName {
  if (!workers) return engine
  if (engine === 'auto' || engine === 'wasm') return 'wasm'
  throw new OptionError({
    what: `The engine '${engine}' does not train on worker threads.`,
    expected: `the engine 'wasm'`,
    received: `${workers.count} workers on '${engine}'`,
    fix: 'Leave out the workers, or choose the engine wasm.',
  })
}

/** @throws WorkerError if a thread does not start. */
export async function startThreads(workers: ResolvedWorkers): Promise<Threads> {
  return { team: await ThreadTeam.start(workers), workers }
}
