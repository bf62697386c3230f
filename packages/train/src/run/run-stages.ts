/** Runs the stages one after the other. Each has its own model, its initial weights, and its teacher. */
import { OptionError, type Teacher } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { RunError } from '../errors.ts'
import type { Evaluation } from '../evaluate.ts'
import type { PartialEpoch } from '../events.ts'
import { initializeWeights } from '../model/initialize.ts'
import { keepMagnitude } from '../model/keep-magnitude.ts'
import { unseededLayers } from '../model/noise-control.ts'
import { readWeights, type WeightValues, writeWeights } from '../model/weight-values.ts'
import type { Plan } from '../plan.ts'
import { PARTS, partOf } from '../run-state.ts'
import { prepareStage } from '../stage-run/prepared-stage.ts'
import { StageLoop } from '../stage-run/stage-loop.ts'
import { beginStage, restoreStage } from '../stage-run/stage-position.ts'
import { checkSurvivingGradients } from '../step/check-surviving-gradients.ts'
import { ModelTeacher } from '../teacher/model-teacher.ts'
import type { Restored } from './open-run.ts'
import type { Compose, RunContext } from './run-context.ts'

export interface StagesOptions {
  readonly compose: Compose
  /** The model of the stage with which the run begins or continues. */
  readonly firstModel: LayersModel
  readonly initialize: 'seeded' | 'keep'
  readonly restored?: Restored
}

export interface StagesOutcome {
  readonly model: LayersModel
  readonly complete: boolean
  /** The epoch that was interrupted. */
  readonly partial?: PartialEpoch
  /** Metrics of the model as it is now, if this process measured them. */
  readonly evaluation?: Evaluation
}

/** Earlier stages whose final weights are still needed in this stage or later. */
function neededStages({ stages }: Plan, current: number): Set<number> {
  const needed = new Set<number>()
  stages.forEach(({ from, teacher }, index) => {
    if (index > current) needed.add(stages.findIndex(({ name }) => name === from))
    if (index >= current && teacher?.kind === 'stage') needed.add(stages.findIndex(({ name }) => name === teacher.name))
  })
  return needed
}

/** A model of an earlier stage, with its final weights, beside the model of the current one. The caller disposes it. */
async function earlierModel(
  { parts, ends }: RunContext,
  earlier: number,
  compose: Compose,
  current: LayersModel,
): Promise<LayersModel> {
  const stage = parts.plan.stages[earlier]
  const model = await compose(stage)
  if (model === current) {
    throw new RunError({
      what: `A later stage needs a model of the stage '${stage.name}' beside its own.`,
      expected: '`compose` to return a new model at every call',
      received: 'the same model again',
    })
  }
  writeWeights(model, ends.get(earlier)!)
  return model
}

/** The teacher of a stage. `isOwn` is true if it was created only for this stage. */
async function teacherOf(
  context: RunContext,
  index: number,
  compose: Compose,
  student: LayersModel,
): Promise<{ readonly teacher?: Teacher; readonly isOwn: boolean }> {
  const { parts } = context
  const { stages } = parts.plan
  const { teacher: reference, name } = stages[index]
  if (reference?.kind !== 'stage') return { teacher: parts.teachers.get(name), isOwn: false }
  const from = stages.findIndex((stage) => stage.name === reference.name)
  const model = await earlierModel(context, from, compose, student)
  return { teacher: new ModelTeacher(model, { title: `the stage '${reference.name}'`, owned: true }), isOwn: true }
}

/** Writes the initial weights of a stage into its model. */
async function begin(
  context: RunContext,
  index: number,
  model: LayersModel,
  { compose, initialize }: Pick<StagesOptions, 'compose' | 'initialize'>,
): Promise<void> {
  const { parts, ends } = context
  const { plan, emit } = parts
  const { from, name, initial, keepMagnitude: keepsMagnitude } = plan.stages[index]
  const isDrawn = from === 'scratch' ? index > 0 || initialize === 'seeded' : true
  if (!isDrawn && initial.length > 0) {
    throw new OptionError({
      option: 'initial',
      what: `The stage '${name}' keeps the weights of its model, so it draws no initial ones.`,
      fix: "Give a 'seed' or `initialize: 'seeded'`, or leave out 'initial'.",
    })
  }
  if (isDrawn) {
    const unknown = initializeWeights(model, plan.seed, initial)
    if (unknown.length > 0 && from === 'scratch') {
      emit({ type: 'warning', message: `The seed does not fix the initial values of ${unknown.join(', ')}.` })
    }
  }
  if (from === 'scratch') return
  const source = plan.stages.findIndex((stage) => stage.name === from)
  const { copied } = writeWeights(model, ends.get(source)!)
  if (copied.length === 0) {
    throw new RunError({
      what: `The stage '${name}' shares no weight with '${from}', from which it begins.`,
      fix: 'Compose the same network in every stage; only its quantizers may change.',
    })
  }
  if (!keepsMagnitude) return
  const earlier = await earlierModel(context, source, compose, model)
  if (keepMagnitude(model, earlier) === 0) {
    emit({ type: 'warning', message: `The stage '${name}' has no learned scale that could keep the magnitude of its weights.` })
  }
  earlier.dispose()
}

/** Restores the final weights of earlier stages from a checkpoint. */
function restoreEnds({ parts, ends }: RunContext, first: number, restored: Restored | undefined): void {
  for (const stage of neededStages(parts.plan, first)) {
    const values: WeightValues = partOf(restored?.tensors ?? new Map(), `${PARTS.stage}${stage}/`)
    if (values.size > 0) ends.set(stage, values)
  }
}

/** Runs one stage. Its model already holds the initial weights. */
async function runStage(
  context: RunContext,
  index: number,
  model: LayersModel,
  { compose, restored }: Pick<StagesOptions, 'compose' | 'restored'>,
): Promise<StagesOutcome> {
  const { plan, emit } = context.parts
  const stage = plan.stages[index]
  const unseeded = unseededLayers(model)
  if (unseeded.length > 0) emit({ type: 'warning', message: `The seed does not fix the noise of ${unseeded.join(', ')}.` })
  const { teacher, isOwn } = await teacherOf(context, index, compose, model)
  try {
    await checkSurvivingGradients(model, stage)
    const prepared = await prepareStage(context, index, model, teacher)
    try {
      const position = restored ? restoreStage(prepared, restored) : beginStage(context, prepared)
      const loop = new StageLoop(context, prepared, position)
      const partial = await loop.run()
      if (!loop.complete) return { model, complete: false, partial }
      return { model, complete: true, evaluation: await loop.finish() }
    } finally {
      await prepared.dispose()
    }
  } finally {
    if (isOwn) teacher?.dispose()
  }
}

/** @throws the errors of `train`. */
export async function runStages(context: RunContext, options: StagesOptions): Promise<StagesOutcome> {
  const { plan, signal } = context.parts
  const { ends } = context
  const { compose, firstModel, initialize, restored } = options
  const first = restored?.state.stage ?? 0
  restoreEnds(context, first, restored)
  let last: LayersModel | undefined
  for (let index = first; ; index++) {
    const model = index === first ? firstModel : await compose(plan.stages[index])
    if (last && last !== model) last.dispose()
    last = model
    const resumed = index === first ? restored : undefined
    if (!resumed) await begin(context, index, model, { compose, initialize })
    const needed = neededStages(plan, index)
    for (const kept of [...ends.keys()]) if (!needed.has(kept)) ends.delete(kept)
    const outcome = await runStage(context, index, model, { compose, restored: resumed })
    if (!outcome.complete || index + 1 === plan.stages.length) return outcome
    if (signal?.aborted) return { model, complete: false }
    ends.set(index, await readWeights(model))
  }
}
