/** The number of threads of a network, and the reason if there is only one. */
import { hasWorkers } from '../start-worker.ts'

export interface ThreadChoice {
  readonly threads: number
  /** The reason for a single thread if more were requested. */
  readonly reason?: string
}

/** No machine has more processors, and each thread takes memory of its own. */
export const MOST_THREADS = 1024

/** More threads than this only wait for each other. */
const MOST_AUTOMATIC = 8

function processors(): number {
  const system = globalThis.process?.getBuiltinModule?.('node:os')
  return system?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1
}

function obstacle(): string | undefined {
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false) {
    return (
      'The page is not cross-origin isolated: serve it, and the worker script, with Cross-Origin-Opener-Policy: same-origin ' +
      'and Cross-Origin-Embedder-Policy: require-corp.'
    )
  }
  if (typeof SharedArrayBuffer !== 'function') return 'This JavaScript engine has no SharedArrayBuffer.'
  return hasWorkers() ? undefined : 'This JavaScript engine has no workers.'
}

/** @param asked 'auto' or a positive integer. */
export function chooseThreads(asked: 'auto' | number): ThreadChoice {
  if (asked === 1) return { threads: 1 }
  const reason = obstacle()
  if (reason) return { threads: 1, reason }
  if (asked !== 'auto') return { threads: asked }
  const threads = Math.min(processors(), MOST_AUTOMATIC)
  return threads > 1 ? { threads } : { threads: 1, reason: 'There is one processor.' }
}
