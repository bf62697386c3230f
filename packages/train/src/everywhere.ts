/** The exports that the entry for Node and the entry for pages share. */
export { type Engine, type EngineName, startEngine } from './engine.ts'
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts'
export type { EpochRecord, EvaluatedPart, LossPoint, MetricValues, PartialEpoch, TrainEvent, TrainListener } from './events.ts'
export type { LossTerm, Tap } from './losses/loss-terms.ts'
export { FlipRatio } from './metrics/flip-ratio.ts'
export type { LayerMetrics } from './metrics/layer-metrics.ts'
export { initializeWeights } from './model/initialize.ts'
export { Optimizer, type OptimizerState, type Update } from './optimizers/optimizer.ts'
export {
  defineOptimizer,
  type OptimizerContext,
  type OptimizerDefinition,
  type OptimizerNames,
  type OptimizerPlugin,
  type OptimizerReference,
} from './optimizers/optimizer-plugin.ts'
export { attentionMatching } from './plugins/attention-matching.ts'
export { softLabels } from './plugins/soft-labels.ts'
export { tanh } from './plugins/tanh.ts'
export type { RunOptions } from './run-options.ts'
export { type Schedule, type StepSchedule, scheduleFactor } from './schedule.ts'
export { RUN_SETTINGS, STAGE_COMPOSITION, STAGE_SETTINGS } from './settings.ts'
export {
  type Binary,
  type Stage,
  type StageComposition,
  type StageOptions,
  type StageSettings,
  stageQuantizers,
} from './stage.ts'
export type { TrainOptions, TrainStagesOptions } from './train.ts'
export type { TrainedStages, TrainResult } from './train-result.ts'
