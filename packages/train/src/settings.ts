/** Settings of stages and runs as data: defaults, checks, flags, help and the tables in the docs are made of these rules. */
import type { OptionRules } from '@onebit/core'

/** How a stage trains, whatever its task. A task adds its own: `{ ...STAGE_SETTINGS, ...task.settings }`. */
export const STAGE_SETTINGS = {
  epochs: { type: 'number', min: 1, integer: true, description: 'passes over the training data' },
  optimizer: { type: 'reference', kind: 'optimizer', default: 'adam', description: 'what turns gradients into steps' },
  learningRate: { default: 0.002, min: 0, exclusive: 'min', description: 'base rate, which the schedule scales' },
  schedule: {
    type: 'union',
    default: 'linear',
    of: [
      { type: 'choice', values: ['constant', 'linear', 'cosine'] },
      {
        type: 'record',
        fields: {
          name: { type: 'choice', values: ['steps'] },
          at: { type: 'list', of: { type: 'number', min: 0, exclusive: 'min' }, minLength: 1, description: 'epochs, ascending' },
          factor: { default: 0.1, min: 0, max: 1, exclusive: 'min', description: 'of the rate at each of them' },
        },
      },
    ],
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
  losses: {
    type: 'list',
    of: { type: 'reference', kind: ['loss', 'distiller'] },
    minLength: 1,
    optional: true,
    description: 'what the stage minimizes, each with a weight; default: what the task says',
  },
  teacher: { type: 'choice', values: ['previous'], optional: true, description: 'whom distillers follow: the stage before' },
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
