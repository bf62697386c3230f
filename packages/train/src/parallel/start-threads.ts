/** Starts the training threads of a run. */
import type { Threads } from '../host.ts'
import { ParallelStep } from './parallel-step.ts'
import { ThreadTeam } from './thread-team.ts'
import type { ResolvedWorkers } from './worker-options.ts'

/** @throws WorkerError if a thread does not start. */
export async function startThreads(workers: ResolvedWorkers): Promise<Threads> {
  const team = await ThreadTeam.start(workers)
  return { stepper: (options) => new ParallelStep({ ...options, team, workers }), close: () => team.close() }
}
