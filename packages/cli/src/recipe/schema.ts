/** What a recipe is: data set, model and training, as data. */
import { z } from 'zod'
import { SPLITS } from '../datasets.ts'

const reference = z.union([z.string().min(1), z.looseObject({ name: z.string().min(1) })], {
  error: 'expected a name, or { "name": ..., and options }',
})

const dataset = z.strictObject({
  name: z.string().min(1),
  split: z.enum(SPLITS).default('embedded'),
  /** Images in a training step. */
  batch: z.int().min(1).default(64),
  /** Only the first images, for a quick try. */
  limit: z.int().min(1).optional(),
  /** Instead of the data set's own. */
  normalization: z.strictObject({ mean: z.number(), standardDeviation: z.number().positive() }).optional(),
})

const model = z.strictObject({
  task: z.literal('classify').default('classify'),
  network: reference,
  block: reference,
  /** `none` leaves activations real. */
  activation: reference,
  /** `none` leaves weights real. */
  weight: reference,
})

const training = z.strictObject({
  epochs: z.int().min(1),
  learningRate: z.number().positive().default(0.002),
  schedule: z.enum(['constant', 'linear', 'cosine']).default('linear'),
  labelSmoothing: z.number().min(0).max(1).default(0),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0),
})

/** Training in several stages is written as `stages` in place of `training`; the reader refuses it until it can be trained. */
export const recipeSchema = z.strictObject({ dataset, model, training })

export type Recipe = z.output<typeof recipeSchema>

/** The keys allowed in the recipe's parts, by path; for suggestions. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(recipeSchema.shape),
  dataset: Object.keys(dataset.shape),
  'dataset.normalization': ['mean', 'standardDeviation'],
  model: Object.keys(model.shape),
  training: Object.keys(training.shape),
}

/** What flags alone start from. */
export const DEFAULT_RECIPE = {
  dataset: { name: 'fashion-mnist' },
  model: {
    task: 'classify',
    network: 'resnet-small',
    block: 'bi-real',
    activation: 'approx-sign',
    weight: 'magnitude-aware-sign',
  },
  training: { epochs: 5 },
} as const
