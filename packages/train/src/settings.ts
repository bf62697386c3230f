/**
 * Settings of stages and runs as data. Defaults, checks, flags, help texts and the tables in the docs are made from these rules.
 */
import type { OptionRules } from '@onebit/core'
import { INITIAL_RULES } from './model/initial-values.ts'
import { selectorsRule } from './model/trained-weights.ts'
import { PARAMETER_GROUP_RULES } from './optimizers/parameter-groups.ts'
import { SCHEDULE_RULE } from './schedule.ts'
import { TEACHER_FIELDS } from './teacher/teacher-reference.ts'

/** The settings of a stage, for every task. A task adds its own: `{ ...STAGE_SETTINGS, ...task.settings }`. */
export const STAGE_SETTINGS = {
  epochs: { type: 'number', min: 1, integer: true, description: 'passes over the training data' },
  optimizer: { type: 'reference', kind: 'optimizer', default: 'adam', description: 'turns gradients into steps' },
  learningRate: { default: 0.002, min: 0, exclusive: 'min', description: 'base rate; the schedule scales it' },
  schedule: {
    ...SCHEDULE_RULE,
    default: 'linear',
    description:
      'decline of the rate: constant, linear, cosine, { "name": "steps", "at": [epochs], "factor": 0.1 }, or linear, cosine and exponential with an end, { "name": "linear", "to": 0.01 }',
  },
  warmUp: { default: 0, min: 0, description: 'epochs in which the rate rises to its base; fractions are allowed' },
  weightDecay: { default: 0, min: 0, description: 'factor of the L2 penalty on kernels; with adamw the decoupled decay' },
  mixUp: { default: 0, min: 0, max: 1, description: 'alpha of the Beta distribution for blending pictures; 0 is off' },
  clipNorm: { default: 0, min: 0, description: 'maximum norm of all gradients together; 0 is off' },
  average: {
    default: 0,
    min: 0,
    max: 1,
    exclusive: 'max',
    description: 'decay of a moving average of the weights, such as 0.999; the average is evaluated and saved; 0 is off',
  },
  reestimateBatchNorm: {
    default: 0,
    min: 0,
    integer: true,
    description: 'batches from which BatchNorm estimates its statistics again at the end of the stage; 0 is off',
  },
  trainable: selectorsRule(
    'weights to train, by kind or { "name": "stage1.*" }; default: all. Statistics of BatchNorm follow the pictures in any case',
  ),
  fixed: selectorsRule('weights to keep fixed, in the same form; default: none'),
  groups: {
    type: 'list',
    of: { type: 'record', fields: PARAMETER_GROUP_RULES },
    minLength: 1,
    optional: true,
    description: 'weights with their own optimizer, rate, schedule or decay; a weight belongs to the first group that selects it',
  },
  initial: {
    type: 'list',
    of: { type: 'record', fields: INITIAL_RULES },
    minLength: 1,
    optional: true,
    description: 'initializers for some weights, if the stage begins from scratch; they replace those of the layers',
  },
  keepMagnitude: {
    type: 'boolean',
    optional: true,
    description: 'learned scales take over the change of magnitude of weights that get another quantizer',
  },
  losses: {
    type: 'list',
    of: { type: 'reference', kind: ['loss', 'distiller'] },
    minLength: 1,
    optional: true,
    description: 'losses and distillers to minimize, each with a weight; default: the losses of the task',
  },
  teacher: {
    type: 'union',
    of: [{ type: 'text' }, { type: 'record', fields: TEACHER_FIELDS }],
    optional: true,
    description:
      'teacher of the distillers: \'previous\', the name of an earlier stage, or { "run": folder }, { "layersModel": path }, ' +
      '{ "graphModel": path }, { "frozen": file }',
  },
  cacheTeacher: {
    type: 'union',
    of: [{ type: 'boolean' }, { type: 'text' }],
    optional: true,
    description: 'compute the outputs of the teacher once per picture, and store them beside the run or in a folder',
  },
  patience: {
    default: 0,
    min: 0,
    integer: true,
    description: 'the stage ends after this many epochs without a better headline metric; 0 is off',
  },
  keep: {
    default: 'last',
    values: ['last', 'best'],
    description: 'final weights of the stage: the last ones, or those of the epoch with the best headline metric',
  },
} as const satisfies OptionRules

/** The parts from which a stage is composed, and its initial weights. */
export const STAGE_COMPOSITION = {
  name: { type: 'text', optional: true, description: 'name of the stage' },
  binary: {
    type: 'choice',
    values: ['none', 'activations', 'weights', 'both'],
    optional: true,
    description: 'quantized sides of binary convolutions; default: both',
  },
  network: { type: 'reference', kind: 'network', optional: true, description: 'replaces the network of the model' },
  block: { type: 'reference', kind: 'block', optional: true, description: 'replaces the block of the model' },
  activation: {
    type: 'reference',
    kind: 'quantizer',
    extra: ['none'],
    optional: true,
    description: 'replaces the quantizer of activations',
  },
  weight: {
    type: 'reference',
    kind: 'quantizer',
    extra: ['none'],
    optional: true,
    description: 'replaces the quantizer of weights',
  },
  from: {
    type: 'text',
    optional: true,
    description: "initial weights: of 'previous' (the default), of an earlier stage by its name, or 'scratch'",
  },
} as const satisfies OptionRules

/** A stage's own way to take pictures in memory. In recipes, these are options of the stage's `dataset`. */
export const STAGE_DATA = {
  batchSize: { type: 'number', min: 1, integer: true, optional: true, description: 'pictures per batch' },
  augment: {
    type: 'list',
    of: { type: 'reference', kind: 'augmentation', key: 'type' },
    optional: true,
    description: 'augmentation steps, applied to each picture in each epoch',
  },
} as const satisfies OptionRules

/** The settings of a run, shared by its stages. */
export const RUN_SETTINGS = {
  batchSize: { default: 64, min: 1, integer: true, description: 'pictures in a batch' },
  seed: {
    default: 0,
    min: 0,
    max: 4294967295,
    integer: true,
    description: 'determines initial weights, the order of pictures, blends, dropout and stochastic quantizers',
  },
  engine: { default: 'auto', values: ['auto', 'wasm', 'node', 'webgpu', 'cpu'], description: 'backend of TensorFlow.js' },
  workers: { type: 'number', min: 1, integer: true, optional: true, description: 'number of threads, on the engine wasm' },
  synchronizeBatchNorm: { default: false, description: 'with workers: BatchNorm uses the whole batch' },
} as const satisfies OptionRules
