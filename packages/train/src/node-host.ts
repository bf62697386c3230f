/** The services of Node for training: run folders, threads, and a progress bar on standard error. */
import type { RunHost } from './host.ts'
import { loadSavedModel } from './model-files.ts'
import { startThreads } from './parallel/start-threads.ts'
import { resolveWorkers } from './parallel/worker-options.ts'
import { progressBar } from './progress-bar.ts'
import { readRun } from './read-run.ts'
import { RunFolder } from './run-folder.ts'

export const nodeHost: RunHost = {
  openFolder: RunFolder.open,
  loadRun: async (folder) => ({ normalization: (await readRun(folder)).normalization, model: await loadSavedModel(folder) }),
  threads: { resolve: resolveWorkers, start: startThreads },
  progressBar,
}
