/** Starts a Node or Web worker. This file is one folder deep like dist/index.js, so the URL is right in both. */

export interface Listener {
  message(): void
  /** The worker ended or could not start. */
  lost(why: string): void
}

export interface WorkerHandle {
  post(message: unknown): void
  /** Sets whether Node stays alive for this worker. */
  hold(busy: boolean): void
  /** Ends the worker and settles once none of its code runs. A browser does not report that, so there it settles at once. */
  end(): Promise<unknown>
}

function nodeThreads(): typeof import('node:worker_threads') | undefined {
  return globalThis.process?.getBuiltinModule?.('node:worker_threads')
}

/** True if this engine has workers. */
export function hasWorkers(): boolean {
  return nodeThreads() !== undefined || typeof Worker === 'function'
}

function startNodeWorker(threads: typeof import('node:worker_threads'), listener: Listener): WorkerHandle {
  const worker = new threads.Worker(new URL('../wasm/kernel-worker.mjs', import.meta.url), { execArgv: [] })
  let ended = false
  const lost = (why: string): void => {
    if (!ended) listener.lost(why)
  }
  worker.on('message', () => {
    if (!ended) listener.message()
  })
  worker.on('error', (error) => lost(error instanceof Error ? error.message : String(error)))
  worker.on('exit', (code) => lost(`the worker ended with code ${code}`))
  return {
    post: (message) => worker.postMessage(message),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    end: () => {
      ended = true
      return worker.terminate()
    },
  }
}

/** @throws an error if workers are forbidden. */
export function startWorker(listener: Listener): WorkerHandle {
  const threads = nodeThreads()
  if (threads) return startNodeWorker(threads, listener)
  const worker = new Worker(new URL('../wasm/kernel-worker.mjs', import.meta.url), { type: 'module' })
  worker.onmessage = () => listener.message()
  worker.onerror = ({ message }) => listener.lost(message || 'the worker script could not be loaded')
  return {
    post: (message) => worker.postMessage(message),
    hold: () => {},
    end: () => {
      worker.onmessage = null
      worker.onerror = null
      worker.terminate()
      return Promise.resolve()
    },
  }
}
