/** A run from its first stage to its last, or from a checkpoint on. */
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { checkData } from './check-data.ts'
import { CheckpointError } from './checkpoint/checkpoint-error.ts'
import type { CheckpointContent } from './checkpoint/checkpoint-file.ts'
import { checkFingerprint, fingerprintOf, modelDigest } from './checkpoint/fingerprint.ts'
import { startEngine } from './engine.ts'
import { RunError } from './errors.ts'
import { samplePredictions } from './evaluate.ts'
import type { EpochRecord, TrainEvent, TrainListener } from './events.ts'
import { initializeWeights } from './model/initialize.ts'
import { unseededLayers } from './model/noise-control.ts'
import { readWeights, type WeightValues, writeWeights } from './model/weight-values.ts'
import { restoreWeights } from './model-files.ts'
import { engineFor, startThreads } from './parallel/start-threads.ts'
import { resolveWorkers } from './parallel/worker-options.ts'
import type { Plan, ResolvedStage } from './plan.ts'
import { progressBar } from './progress-bar.ts'
import { Checkpointer, RunContext } from './run-context.ts'
import { RunFolder, type RunRecord } from './run-folder.ts'
import { lockFolder } from './run-lock.ts'
import { PARTS, partOf, type RunProgress, type RunState } from './run-state.ts'
import type { Stage } from './stage.ts'
import { StageRun } from './stage-run.ts'
import { checkSurvivingGradients } from './step/check-surviving-gradients.ts'
import type { RunOptions, TrainedStages, TrainResult } from './train.ts'
import { sourcesOf } from './training-data.ts'

type Compose = (stage: Stage) => LayersModel | Promise<LayersModel>
type Restored = CheckpointContent<RunState> & { readonly file: string }

const SAMPLES = 16

/** Earlier stages whose final weights are still needed in or after a stage. */
function neededStages({ stages }: Plan, current: number): Set<number> {
  const needed = new Set<number>()
  stages.forEach(({ from, teacher }, index) => {
    if (index > current) needed.add(stages.findIndex(({ name }) => name === from))
    if (index >= current && teacher === 'previous') needed.add(index - 1)
  })
  return needed
}

async function teacherOf(
  { plan, ends }: RunContext,
  index: number,
  compose: Compose,
  student: LayersModel,
): Promise<LayersModel | undefined> {
  const { teacher } = plan.stages[index]
  if (teacher !== 'previous') return teacher
  const model = await compose(plan.stages[index - 1])
  if (model === student) {
    throw new RunError({
      what: `The stage '${plan.stages[index].name}' cannot learn from the stage before it.`,
      expected: '`compose` to return a new model at every call',
      received: 'the model that is being trained',
    })
  }
  writeWeights(model, ends.get(index - 1)!)
  return model
}

/** Gives a stage's model the weights it begins with. */
function begin(context: RunContext, index: number, model: LayersModel, initialize: RunOptions['initialize']): void {
  const { plan, ends, emit } = context
  const { from, name } = plan.stages[index]
  if (from === 'scratch' ? index > 0 || initialize === 'seeded' : true) {
    const unknown = initializeWeights(model, plan.seed)
    if (unknown.length > 0 && from === 'scratch') {
      emit({ type: 'warning', message: `The seed does not fix the initial values of ${unknown.join(', ')}.` })
    }
  }
  if (from === 'scratch') return
  const source = plan.stages.findIndex((stage) => stage.name === from)
  const { copied } = writeWeights(model, ends.get(source)!)
  if (copied.length === 0) {
    throw new RunError({
      what: `The stage '${name}' has no weight in common with '${from}', which it begins with.`,
      fix: 'Compose the same network in every stage; only its quantizers may change.',
    })
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

async function recordOf(context: RunContext, options: RunOptions, result: TrainResult, model: LayersModel): Promise<RunRecord> {
  const { plan, data, fingerprint } = context
  const { augment = [] } = context.test.source
  const [{ learningRate, schedule }] = plan.stages
  const plainStage = ({ teacher, ...stage }: ResolvedStage): Partial<ResolvedStage> =>
    teacher === 'previous' ? { ...stage, teacher } : stage
  return {
    onebit: 1,
    recipe: options.recipe ?? null,
    data: data.name,
    classes: data.classes,
    normalization: context.source.normalization,
    preparation: augment.length > 0 ? augment : undefined,
    background: data.background,
    options: {
      epochs: plan.stages.reduce((sum, { epochs }) => sum + epochs, 0),
      batchSize: plan.batchSize,
      learningRate,
      schedule: typeof schedule === 'string' ? schedule : schedule.name,
      seed: plan.seed,
    },
    stages: plan.stages.map(plainStage),
    ...result,
    samples: await samplePredictions(model, context.test, data.classes, SAMPLES),
    fingerprint,
  }
}

function listen(options: RunOptions, folder: RunFolder | undefined): TrainListener {
  const bar = options.progress === false ? undefined : progressBar()
  const listeners = [options.onEvent, folder?.listener, bar].filter((listener) => listener !== undefined)
  return (event: TrainEvent): void => {
    for (const listener of listeners) listener(event)
  }
}

/** The result of a run that is complete already; its weights go into the model. */
async function completed(folder: RunFolder, record: RunRecord, model: LayersModel): Promise<TrainedStages> {
  await restoreWeights(model, folder.path)
  const { engine, epochs, losses, interrupted, seconds } = record
  return { model, result: { engine, epochs, losses, interrupted, seconds } }
}

export async function run(plan: Plan, compose: Compose, options: RunOptions): Promise<TrainedStages> {
  const folder = options.out === undefined ? undefined : await RunFolder.create(options.out, options.checkpoint?.keep)
  const release = folder && (await lockFolder(folder.path, { takeOver: options.takeOver }))
  try {
    return await runIn(folder, plan, compose, options)
  } finally {
    await release?.()
  }
}

async function runIn(folder: RunFolder | undefined, plan: Plan, compose: Compose, options: RunOptions): Promise<TrainedStages> {
  const { data, signal, resume = false, overwrite = false } = options
  const workers = resolveWorkers(options.workers, plan.batchSize)
  const emit = listen(options, folder)
  const warn = (message: string): void => emit({ type: 'warning', message })
  const engine = await startEngine(engineFor(workers, options.engine))
  const sources = sourcesOf(data, plan.batchSize)
  const fingerprint = folder ? fingerprintOf(data.name, sources, plan, options.recipe, workers) : {}

  let restored: Restored | undefined
  if (folder && resume) {
    restored = await folder.checkpoints.latest(warn)
    const record = restored ? undefined : await folder.record()
    const before = restored?.state.fingerprint ?? record?.fingerprint
    if (before) checkFingerprint(before, fingerprint, restored?.file ?? folder.path)
    if (record && !record.interrupted) return completed(folder, record, await compose(plan.stages.at(-1)!))
  }
  // Before anything in the folder changes: the model may not be the one that the checkpoint is of.
  const first = await compose(plan.stages[restored?.state.stage ?? 0])
  checkData(first, data, sources)
  if (restored) checkRestored(first, restored)
  const fresh: RunProgress = { step: 0, records: [], losses: [], lossSum: 0, seconds: 0 }
  const progress = restored ? structuredClone(restored.state.progress) : fresh
  const threads = workers && (await startThreads(workers))
  const description = workers ? `${engine.description}, on ${workers.count} threads` : engine.description
  const context = new RunContext({ plan, data, sources, engine, fingerprint, emit, signal, progress, threads })
  if (folder) {
    if (restored) await folder.rewriteLog(progress.records)
    else await folder.clear(overwrite)
    await folder.checkpoints.sweep()
    context.checkpoints = new Checkpointer(folder.checkpoints, options.checkpoint ?? {}, emit, context.countSeconds)
  }
  const stages = plan.stages.map(({ name, epochs }) => ({ name, epochs }))
  emit({
    type: 'start',
    engine: description,
    epochs: stages.reduce((sum, { epochs }) => sum + epochs, 0),
    stepsPerEpoch: context.stepsPerEpoch,
    batchSize: plan.batchSize,
    stages,
  })
  if (restored) {
    emit({ type: 'resume', file: restored.file, step: progress.step })
    if (restored.state.engine !== engine.name) {
      warn(`The run began on the engine '${restored.state.engine}'; on '${engine.name}' it will not end with the same bits.`)
    }
  }
  let interrupted = true
  try {
    const { model, complete, partial } = await runStages(context, compose, options, first, restored)
    interrupted = !complete
    context.countSeconds()
    const result: TrainResult = {
      engine: description,
      epochs: partial ? [...progress.records, partial] : progress.records,
      losses: progress.losses,
      interrupted,
      seconds: progress.seconds,
    }
    await folder?.finish(model, await recordOf(context, options, result, model))
    // What was read once can be read at once, on WebGPU too: the model may move to another engine and freeze there.
    await readWeights(model)
    return { model, result }
  } finally {
    await threads?.team.close()
    emit({ type: 'end', interrupted })
  }
}

interface StagesOutcome {
  readonly model: LayersModel
  readonly complete: boolean
  /** The record of an epoch that was cut short. */
  readonly partial?: EpochRecord
}

async function runStages(
  context: RunContext,
  compose: Compose,
  { initialize }: RunOptions,
  firstModel: LayersModel,
  restored: Restored | undefined,
): Promise<StagesOutcome> {
  const { plan, ends, signal, emit } = context
  const first = restored?.state.stage ?? 0
  for (const stage of neededStages(plan, first)) {
    const values: WeightValues = partOf(restored?.tensors ?? new Map(), `${PARTS.stage}${stage}/`)
    if (values.size > 0) ends.set(stage, values)
  }
  let last: LayersModel | undefined
  for (let index = first; ; index++) {
    const stage = plan.stages[index]
    const model = index === first ? firstModel : await compose(stage)
    if (last && last !== model) last.dispose()
    last = model
    const resumed = restored && index === first ? restored : undefined
    if (!resumed) begin(context, index, model, initialize)
    const needed = neededStages(plan, index)
    for (const kept of [...ends.keys()]) if (!needed.has(kept)) ends.delete(kept)
    const unseeded = unseededLayers(model)
    if (unseeded.length > 0) emit({ type: 'warning', message: `The seed does not fix the noise of ${unseeded.join(', ')}.` })
    const teacher = await teacherOf(context, index, compose, model)
    await checkSurvivingGradients(model, stage)
    const stageRun = new StageRun(context, index, model, teacher)
    try {
      if (resumed) stageRun.restore(resumed)
      const partial = await stageRun.run()
      if (!stageRun.complete) return { model, complete: false, partial }
      await stageRun.finish()
    } finally {
      stageRun.dispose()
      if (stage.teacher === 'previous') teacher?.dispose()
    }
    if (index + 1 === plan.stages.length) return { model, complete: true }
    if (signal?.aborted) return { model, complete: false }
    ends.set(index, await readWeights(model))
  }
}
