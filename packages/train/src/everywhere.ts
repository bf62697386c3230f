/** The exports that the entry for Node and the entry for pages share. */
export { type Engine, type EngineName, startEngine } from './engine.ts'
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts'
export type { EpochRecord, EvaluatedPart, LossPoint, MetricValues, PartialEpoch, TrainEvent, TrainListener } from './events.ts'
export type { LossTerm, Tap } from './losses/loss-terms.ts'
export { FlipRatio } from './metrics/flip-ratio.ts'
export type { LayerMetrics } from './metrics/layer-metrics.ts'
export type { InitialGroup, InitialValues } from './model/initial-values.ts'
export { initializeWeights } from './model/initialize.ts'
export { checkSelectors, type WeightKind, type WeightSelector } from './model/trained-weights.ts'
export { Optimizer, type OptimizerState, type Update } from './optimizers/optimizer.ts'
export {
  defineOptimizer,
  type OptimizerContext,
  type OptimizerDefinition,
  type OptimizerNames,
  type OptimizerPlugin,
  type OptimizerReference,
} from './optimizers/optimizer-plugin.ts'
export type { ParameterGroup } from './optimizers/parameter-groups.ts'
export { clip } from './plugins/clip.ts'
export { leakyClip } from './plugins/leaky-clip.ts'
export { relu } from './plugins/relu.ts'
export { tanh } from './plugins/tanh.ts'
export type { RunOptions } from './run-options.ts'
export { type FallingSchedule, type Schedule, type StepSchedule, scheduleFactor } from './schedule.ts'
export { RUN_SETTINGS, STAGE_COMPOSITION, STAGE_DATA, STAGE_SETTINGS } from './settings.ts'
export {
  type Binary,
  type Stage,
  type StageComposition,
  type StageData,
  type StageOptions,
  type StageSettings,
  stageQuantizers,
} from './stage.ts'
export { TEACHER_FIELDS, type TeacherReference } from './teacher/teacher-reference.ts'
export type { TrainOptions, TrainStagesOptions } from './train.ts'
export type { TrainedStages, TrainResult } from './train-result.ts'
