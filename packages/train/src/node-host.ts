/** The services of Node for training: run folders, threads, and a progress bar on standard error. */
import type { RunHost } from './host.ts'
import { startThreads } from './parallel/start-threads.ts'
import { resolveWorkers } from './parallel/worker-options.ts'
import { progressBar } from './progress-bar.ts'
import { RunFolder } from './run-folder.ts'

export const nodeHost: RunHost = {
  openFolder: RunFolder.open,
  threads: { resolve: resolveWorkers, start: startThreads },
  progressBar,
}
