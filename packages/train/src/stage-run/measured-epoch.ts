/** The metrics of an epoch: means over its training pictures, and an evaluation of the current model. */
import { type Evaluation, measure } from '../evaluate.ts'
import type { EpochRecord, MetricValues } from '../events.ts'
import { layerMetrics, PROBE_IMAGES } from '../metrics/layer-metrics.ts'
import type { RunContext } from '../run/run-context.ts'
import type { EpochSums } from '../run-state.ts'
import { evaluationPass } from './evaluation-pass.ts'
import type { PreparedStage } from './prepared-stage.ts'

/** Means over the pictures of an epoch so far. */
export function trainingMeans({ monitors, seen }: EpochSums): MetricValues {
  return Object.fromEntries(Object.entries(monitors).map(([name, sum]) => [name, sum / seen]))
}

export interface MeasuredEpoch {
  readonly record: EpochRecord
  readonly evaluation: Evaluation
}

/** @throws DivergenceError if an output is not finite. */
export async function measuredEpoch(
  { parts, evaluated }: RunContext,
  prepared: PreparedStage,
  sums: EpochSums,
  learningRate: number,
): Promise<MeasuredEpoch> {
  const { model, control, flips, stage } = prepared
  const { loss, seen, steps, seconds } = sums
  const layers = await layerMetrics(model, control, await evaluated.first(PROBE_IMAGES), evaluated.source.shape)
  control.progress = 1
  const began = performance.now()
  const evaluation = await measure(model, evaluated, parts.task, evaluationPass(prepared, parts.task))
  const record: EpochRecord = {
    epoch: parts.progress.records.length + 1,
    stage: stage.name,
    loss: loss / steps,
    training: trainingMeans(sums),
    evaluation: evaluation.values,
    evaluationLoss: evaluation.loss,
    learningRate,
    seconds: seconds + (performance.now() - began) / 1000,
    imagesPerSecond: seen / seconds,
    flipRatio: await flips.update(),
    layers,
  }
  return { record, evaluation }
}
