/** Settings of stages and runs as data: defaults, checks, flags, help and the tables in the docs are made of these rules. */
import type { OptionRules } from '@onebit/core'
import { INITIAL_RULES } from './model/initial-values.ts'
import { selectorsRule } from './model/trained-weights.ts'
import { PARAMETER_GROUP_RULES } from './optimizers/parameter-groups.ts'
import { SCHEDULE_RULE } from './schedule.ts'
import { TEACHER_FIELDS } from './teacher/teacher-reference.ts'

/** How a stage trains, whatever its task. A task adds its own: `{ ...STAGE_SETTINGS, ...task.settings }`. */
export const STAGE_SETTINGS = {
  epochs: { type: 'number', min: 1, integer: true, description: 'passes over the training data' },
  optimizer: { type: 'reference', kind: 'optimizer', default: 'adam', description: 'what turns gradients into steps' },
  learningRate: { default: 0.002, min: 0, exclusive: 'min', description: 'base rate, which the schedule scales' },
  schedule: {
    ...SCHEDULE_RULE,
    default: 'linear',
    description: 'how the rate falls: constant, linear, cosine, or { "name": "steps", "at": [epochs], "factor": 0.1 }',
  },
  warmUp: { default: 0, min: 0, description: 'epochs in which the rate rises to its base; fractions are allowed' },
  weightDecay: { default: 0, min: 0, description: 'of kernels: L2 penalty, or for adamw the decoupled decay' },
  mixUp: { default: 0, min: 0, max: 1, description: 'alpha of the Beta distribution that pictures are blended by; 0 is off' },
  clipNorm: { default: 0, min: 0, description: 'longest gradient of all weights together; 0 does not clip' },
  average: {
    default: 0,
    min: 0,
    max: 1,
    exclusive: 'max',
    description: 'decay of the moving average of weights that is measured and kept, such as 0.999; 0 is off',
  },
  reestimateBatchNorm: {
    default: 0,
    min: 0,
    integer: true,
    description: 'batches that BatchNorm takes its statistics from anew when the stage is over; 0 is off',
  },
  trainable: selectorsRule(
    'which weights train, by kind or { "name": "stage1.*" }; default: all. Statistics of BatchNorm follow the pictures all the same',
  ),
  fixed: selectorsRule('which weights stay as they are, in the same form; default: none'),
  groups: {
    type: 'list',
    of: { type: 'record', fields: PARAMETER_GROUP_RULES },
    minLength: 1,
    optional: true,
    description: 'weights with an optimizer, rate, schedule or decay of their own; the first group that means a weight has it',
  },
  initial: {
    type: 'list',
    of: { type: 'record', fields: INITIAL_RULES },
    minLength: 1,
    optional: true,
    description: "what weights are drawn from where a stage begins from scratch, in the place of their layers' own distributions",
  },
  losses: {
    type: 'list',
    of: { type: 'reference', kind: ['loss', 'distiller'] },
    minLength: 1,
    optional: true,
    description: 'what the stage minimizes, each with a weight; default: what the task says',
  },
  teacher: {
    type: 'union',
    of: [{ type: 'text' }, { type: 'record', fields: TEACHER_FIELDS }],
    optional: true,
    description:
      'whom distillers follow: \'previous\', the name of an earlier stage, or { "run": folder }, { "layersModel": path }, ' +
      '{ "graphModel": path }, { "frozen": file }',
  },
  cacheTeacher: {
    type: 'union',
    of: [{ type: 'boolean' }, { type: 'text' }],
    optional: true,
    description: 'keep what the teacher gives for every picture on disk, beside the run or in a folder, and compute it once',
  },
  patience: {
    default: 0,
    min: 0,
    integer: true,
    description: 'epochs without a better headline metric after which the stage ends; 0 is off',
  },
  keep: {
    default: 'last',
    values: ['last', 'best'],
    description: 'which weights the stage ends with: the last, or those of the epoch with the best headline metric',
  },
} as const satisfies OptionRules

/** What a stage is composed of, and which weights it begins with. */
export const STAGE_COMPOSITION = {
  name: { type: 'text', optional: true, description: 'of the stage' },
  binary: {
    type: 'choice',
    values: ['none', 'activations', 'weights', 'both'],
    optional: true,
    description: 'which sides of binary convolutions are quantized; default: both',
  },
  network: { type: 'reference', kind: 'network', optional: true, description: "instead of the model's" },
  block: { type: 'reference', kind: 'block', optional: true, description: "instead of the model's" },
  activation: { type: 'reference', kind: 'quantizer', extra: ['none'], optional: true, description: "instead of the model's" },
  weight: { type: 'reference', kind: 'quantizer', extra: ['none'], optional: true, description: "instead of the model's" },
  from: {
    type: 'text',
    optional: true,
    description: "whose weights it begins with: 'previous' (the default), the name of an earlier stage, or 'scratch'",
  },
} as const satisfies OptionRules

/** How a stage takes pictures in memory, where that is not the run's way. In recipes, a stage's `dataset` says it. */
export const STAGE_DATA = {
  batchSize: { type: 'number', min: 1, integer: true, optional: true, description: 'pictures in a batch' },
  augment: {
    type: 'list',
    of: { type: 'reference', kind: 'augmentation', key: 'type' },
    optional: true,
    description: 'steps that change each picture anew in each epoch',
  },
} as const satisfies OptionRules

/** What is of a run, not of a stage. */
export const RUN_SETTINGS = {
  batchSize: { default: 64, min: 1, integer: true, description: 'pictures in a batch' },
  seed: {
    default: 0,
    min: 0,
    max: 4294967295,
    integer: true,
    description: 'fixes initial weights, the order of pictures, blends, dropout and stochastic quantizers',
  },
  engine: { default: 'auto', values: ['auto', 'wasm', 'node', 'webgpu', 'cpu'], description: 'what TensorFlow.js runs on' },
  workers: { type: 'number', min: 1, integer: true, optional: true, description: 'threads, on the engine wasm' },
  synchronizeBatchNorm: { default: false, description: 'with workers: BatchNorm sees the whole batch' },
} as const satisfies OptionRules
