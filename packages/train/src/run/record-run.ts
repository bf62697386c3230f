/** Creates the record of a run, and the result for the caller. */
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { RunOptions } from '../run-options.ts'
import type { RunRecord } from '../run-record.ts'
import { samplePredictions } from '../samples.ts'
import { stageRecord } from '../stage-record.ts'
import type { TrainResult } from '../train-result.ts'
import type { RunContext } from './run-context.ts'

const SAMPLES = 16

export async function recordRun(
  context: RunContext,
  { recipe }: RunOptions,
  result: TrainResult,
  model: LayersModel,
): Promise<RunRecord> {
  const { plan, data, sources, task, fingerprint, progress } = context.parts
  const { augment = [] } = context.test.source
  const [{ learningRate, schedule }] = plan.stages
  const { metrics, evaluated, tables, ...rest } = result
  return {
    onebit: 2,
    recipe: recipe ?? null,
    task: task.task.name,
    data: data.name,
    facts: data.facts,
    normalization: sources.train.normalization,
    preparation: augment.length > 0 ? augment : undefined,
    background: data.background,
    options: {
      epochs: plan.stages.reduce((sum, { epochs }) => sum + epochs, 0),
      batchSize: plan.batchSize,
      learningRate,
      schedule: typeof schedule === 'string' ? schedule : schedule.name,
      seed: plan.seed,
    },
    stages: plan.stages.map(stageRecord),
    metrics,
    evaluated,
    ...rest,
    tables: tables && tables.length > 0 ? tables : undefined,
    warnings: progress.warnings && progress.warnings.length > 0 ? progress.warnings : undefined,
    samples: await samplePredictions(model, context.test, task, SAMPLES),
    fingerprint,
  }
}

/** The result of a run that is already complete, from its record. */
export function resultOf(record: RunRecord): TrainResult {
  const { engine, metrics, evaluated, epochs, partial, losses, interrupted, seconds, test, tables } = record
  return { engine, metrics, evaluated, epochs, partial, losses, interrupted, seconds, test, tables }
}
