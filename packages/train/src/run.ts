/** A run from its first stage or from a checkpoint to its last stage: open, prepare, train, measure, save. */
import { measure } from './evaluate.ts'
import type { RunHost } from './host.ts'
import { readWeights } from './model/weight-values.ts'
import type { Plan } from './plan.ts'
import { type OpenedRun, openRun, openStore, prepareRun } from './run/open-run.ts'
import { recordRun, resultOf } from './run/record-run.ts'
import type { Compose, RunContext } from './run/run-context.ts'
import { runStages, type StagesOutcome } from './run/run-stages.ts'
import type { RunOptions } from './run-options.ts'
import type { TrainedStages, TrainResult } from './train-result.ts'

export async function run(plan: Plan, compose: Compose, options: RunOptions, host: RunHost): Promise<TrainedStages> {
  const store = await openStore(options, host)
  try {
    const opened = await openRun(plan, options, host, store)
    try {
      if (!opened.completed) return await trainIn(opened, compose)
      const model = await compose(plan.stages.at(-1)!)
      await store!.restoreWeights(model)
      return { model, result: resultOf(opened.completed) }
    } finally {
      opened.teachers.dispose()
    }
  } finally {
    await store?.release()
  }
}

/** One line for a person: the engine and the number of threads. */
const describeEngine = ({ engine, workers }: OpenedRun): string =>
  workers ? `${engine.description}, on ${workers.count} threads` : engine.description

function announce(opened: OpenedRun, context: RunContext): void {
  const { plan, engine, emit, task, restored } = opened
  const stages = plan.stages.map(({ name, epochs }, stage) => {
    const { count, batchSize } = context.sourceOf(stage)
    return { name, epochs, stepsPerEpoch: count, batchSize }
  })
  emit({
    type: 'start',
    engine: describeEngine(opened),
    epochs: stages.reduce((sum, { epochs }) => sum + epochs, 0),
    stepsPerEpoch: stages[0].stepsPerEpoch,
    batchSize: stages[0].batchSize,
    stages,
    metrics: task.metrics,
    evaluated: context.evaluatedPart,
  })
  if (!restored) return
  emit({ type: 'resume', file: restored.file, step: context.parts.progress.step })
  const before = restored.state.engine
  if (before === engine.name) return
  const message = `The run began on the engine '${before}'; on '${engine.name}' it will not end with the same bits.`
  emit({ type: 'warning', message })
}

async function trainIn(opened: OpenedRun, compose: Compose): Promise<TrainedStages> {
  const { options, store, restored, emit } = opened
  const { context, firstModel } = await prepareRun(opened, compose)
  let interrupted = true
  try {
    announce(opened, context)
    const initialize = options.initialize ?? 'seeded'
    const outcome = await runStages(context, { compose, firstModel, initialize, restored })
    interrupted = !outcome.complete
    const result = await resultIn(context, outcome, describeEngine(opened))
    const { model } = outcome
    await store?.finish(model, await recordRun(context, options, result, model))
    // Cache the values now. Then they can be read synchronously later, on WebGPU too, and the model can move to another engine
    // and freeze there.
    await readWeights(model)
    return { model, result }
  } finally {
    await context.parts.threads?.close()
    emit({ type: 'end', interrupted })
  }
}

/** Measures the test pictures once, unless the last epoch has already measured them with these weights. */
async function resultIn(context: RunContext, outcome: StagesOutcome, engine: string): Promise<TrainResult> {
  const { task, progress } = context.parts
  const { model, complete, partial } = outcome
  context.countSeconds()
  const measured = context.evaluatedPart === 'test' ? outcome.evaluation : undefined
  const test = complete ? (measured ?? (await measure(model, context.test, task))) : undefined
  return {
    engine,
    metrics: task.metrics,
    evaluated: context.evaluatedPart,
    epochs: progress.records,
    partial,
    losses: progress.losses,
    interrupted: !complete,
    seconds: progress.seconds,
    test: test?.values,
    tables: test?.tables,
  }
}
