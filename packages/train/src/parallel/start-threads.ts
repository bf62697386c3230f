/** The training threads of a run, and how they are to train. */
import { OptionError } from '@onebit/core'
import type { Engine, EngineName } from '../engine.ts'
import { ThreadTeam } from './thread-team.ts'
import type { ResolvedWorkers } from './worker-options.ts'

export interface Threads {
  readonly team: ThreadTeam
  readonly workers: ResolvedWorkers
}

/** What `auto` stands for where several threads train: other engines use all processors by themselves, or have none to share. */
export function engineFor(workers: ResolvedWorkers | undefined, engine: EngineName | undefined): EngineName | undefined {
  return workers && (engine ?? 'auto') === 'auto' ? 'wasm' : engine
}

/**
 * @throws OptionError if the engine has no threads; WorkerError if a thread does not start.
 */
export async function startThreads(workers: ResolvedWorkers, engine: Engine): Promise<Threads> {
  if (engine.name !== 'wasm') {
    throw new OptionError({
      what: `The engine '${engine.name}' does not train on worker threads.`,
      expected: `the engine 'wasm'`,
      received: `${workers.count} workers on '${engine.name}'`,
      fix: 'Leave out `workers`, or choose the engine wasm.',
    })
  }
  return { team: await ThreadTeam.start(workers), workers }
}
