/** Opens a run: its engine, its folder, and the checkpoint from which it continues. */
import { OptionError } from '@onebit/core'
import type { AugmentationPlugin } from '@onebit/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { checkData } from '../check-data.ts'
import { CheckpointError } from '../checkpoint/checkpoint-error.ts'
import type { CheckpointContent } from '../checkpoint/checkpoint-file.ts'
import { checkFingerprint, type Fingerprint, fingerprintOf } from '../checkpoint/fingerprint.ts'
import { type Engine, startEngine } from '../engine.ts'
import type { TrainEvent, TrainListener } from '../events.ts'
import type { RunHost, RunStore } from '../host.ts'
import { modelDigest } from '../model/model-digest.ts'
import { engineFor } from '../parallel/engine-for.ts'
import type { ResolvedWorkers } from '../parallel/worker-options.ts'
import type { Plan } from '../plan.ts'
import type { RunOptions } from '../run-options.ts'
import type { RunRecord } from '../run-record.ts'
import type { RunProgress, RunState } from '../run-state.ts'
import { type TaskContext, taskContext } from '../task-context.ts'
import { OutsideTeachers } from '../teacher/outside-teachers.ts'
import { sourcesOf } from '../training-data.ts'
import { Checkpointer } from './checkpointer.ts'
import { type Compose, RunContext } from './run-context.ts'

export type Restored = CheckpointContent<RunState> & { readonly file: string }

/** A run that has no model yet. */
export interface OpenedRun {
  readonly plan: Plan
  readonly options: RunOptions
  readonly host: RunHost
  readonly store?: RunStore
  readonly workers?: ResolvedWorkers
  readonly engine: Engine
  readonly emit: TrainListener
  /** The warnings of the run so far. `emit` adds to them. */
  readonly warnings: string[]
  readonly task: TaskContext
  readonly sources: ReturnType<typeof sourcesOf>
  readonly fingerprint: Fingerprint
  readonly teachers: OutsideTeachers
  /** The checkpoint from which the run continues. */
  readonly restored?: Restored
  /** The record of a run that is already complete. */
  readonly completed?: RunRecord
}

function listen(
  { onEvent, progress }: RunOptions,
  host: RunHost,
  store: RunStore | undefined,
  warnings: string[],
): TrainListener {
  const bar = progress === false ? undefined : host.progressBar?.()
  const listeners = [onEvent, store?.listener, bar].filter((listener) => listener !== undefined)
  return (event: TrainEvent): void => {
    if (event.type === 'warning' && !warnings.includes(event.message)) warnings.push(event.message)
    for (const listener of listeners) listener(event)
  }
}

/** @throws OptionError if a folder is given but the host has no run folders; otherwise the errors of `RunHost`. */
export async function openStore({ out, resume, takeOver, checkpoint }: RunOptions, host: RunHost): Promise<RunStore | undefined> {
  const refuse = (option: string, what: string): never => {
    throw new OptionError({ option, what, fix: `Leave out '${option}', or train in Node.` })
  }
  if (out === undefined) return resume ? refuse('resume', 'There is no run folder to resume from.') : undefined
  return host.openFolder
    ? host.openFolder(out, { keep: checkpoint?.keep, takeOver })
    : refuse('out', 'Run folders exist only in Node.')
}

/** @throws OptionError if the workers are not valid, or not available here. */
function resolveWorkers({ workers }: RunOptions, batchSize: number, { threads }: RunHost): ResolvedWorkers | undefined {
  if (threads) return threads.resolve(workers, batchSize)
  if (workers === undefined || workers === 1) return undefined
  throw new OptionError({
    option: 'workers',
    what: 'Worker threads exist only in Node.',
    fix: "Leave out 'workers', or train in Node.",
  })
}

export async function openRun(plan: Plan, options: RunOptions, host: RunHost, store: RunStore | undefined): Promise<OpenedRun> {
  const { data, recipe, resume = false } = options
  const smallest = Math.min(...plan.stages.map((stage) => stage.batchSize ?? plan.batchSize))
  const workers = resolveWorkers(options, smallest, host)
  const warnings: string[] = []
  const emit = listen(options, host, store, warnings)
  const restored = store && resume ? await store.checkpoints.latest((message) => emit({ type: 'warning', message })) : undefined
  const before = [...(options.warnings ?? []), ...(restored?.state.progress.warnings ?? [])]
  warnings.unshift(...new Set(before.filter((message) => !warnings.includes(message))))
  // The engine affects the bits. A run continues on the engine it began on, unless another one is asked for.
  const engine = await startEngine(engineFor(workers, options.engine ?? restored?.state.engine))
  const task = await taskContext(plan.task, data.facts)
  const augmentations = (options.registry?.list('augmentation') ?? []) as AugmentationPlugin[]
  const sources = sourcesOf(data, plan, augmentations)
  // Another number of threads sums in another order and gives other bits. The location of plugins does not matter.
  const threads = workers && { count: workers.count, synchronizeBatchNorm: workers.synchronizeBatchNorm }
  const teachers = await OutsideTeachers.load(plan, host, options.registry)
  try {
    const { name, facts } = data
    const parts = { name, facts, sources, plan, recipe, teachers: teachers.byStage, workers: threads }
    const fingerprint = store ? await fingerprintOf(parts) : {}
    const opened = { plan, options, host, store, workers, engine, emit, warnings, task, sources, fingerprint, teachers }
    if (!store || !resume) return opened
    const record = restored ? undefined : await store.record()
    const before = restored?.state.fingerprint ?? record?.fingerprint
    if (before) checkFingerprint(before, fingerprint, restored?.file ?? store.path)
    return { ...opened, restored, completed: record && !record.interrupted ? record : undefined }
  } catch (error) {
    teachers.dispose()
    throw error
  }
}

function checkRestored(model: LayersModel, { state, file }: Restored): void {
  if (modelDigest(model) === state.model) return
  throw new CheckpointError({
    what: `The run cannot be resumed from '${file}': its model changed.`,
    expected: 'the same layers, shapes and quantizers',
    fix: 'Compose the model that the run was started with, or start a new run in another folder. Nothing was overwritten.',
  })
}

/** Removes the epochs after the checkpoint, and everything of another run. */
async function makeRoom(
  store: RunStore | undefined,
  { records }: RunProgress,
  resumed: boolean,
  overwrite: boolean,
): Promise<void> {
  if (!store) return
  if (resumed) await store.rewriteLog(records)
  else await store.clear(overwrite)
  await store.checkpoints.sweep()
}

/**
 * The model of the first stage to run, and the state that all stages share. Nothing in the folder changes before the model is
 * checked.
 */
export async function prepareRun(opened: OpenedRun, compose: Compose): Promise<{ context: RunContext; firstModel: LayersModel }> {
  const { plan, options, host, store, workers, engine, emit, warnings, task, sources, fingerprint, teachers, restored } = opened
  const { data, signal, overwrite = false } = options
  const firstModel = await compose(plan.stages[restored?.state.stage ?? 0])
  checkData(firstModel, task, data, sources)
  if (restored) checkRestored(firstModel, restored)
  const fresh: RunProgress = { step: 0, records: [], losses: [], lossSum: 0, seconds: 0 }
  const progress = { ...(restored ? structuredClone(restored.state.progress) : fresh), warnings }
  const threads = workers && (await host.threads!.start(workers))
  try {
    await makeRoom(store, progress, restored !== undefined, overwrite)
  } catch (error) {
    await threads?.close()
    throw error
  }
  const checkpoints = store && new Checkpointer(store.checkpoints, options.checkpoint ?? {}, emit)
  const given = { plan, task, data, sources, engine, fingerprint, teachers: teachers.byStage }
  const parts = { ...given, emit, signal, progress, threads, checkpoints }
  return { context: new RunContext(parts), firstModel }
}
