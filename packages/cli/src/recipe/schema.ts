/** What a recipe is: data set, model, and training in one stage or several, as data. */
import type { BlockNames, NetworkNames, QuantizerNames } from '@onebit/core'
import { z } from 'zod'
import { commonKeys } from '../datasets/dataset.ts'

const options = (error: string): z.ZodType<string | { name: string; [option: string]: unknown }> =>
  z.union([z.string().min(1), z.looseObject({ name: z.string().min(1) })], { error })

const reference = options('expected a name, or { "name": ..., and options }')
const share = z.number().min(0).max(1)

const model = z.strictObject({
  task: z.literal('classify').default('classify'),
  network: reference,
  block: reference,
  /** `none` leaves activations real. */
  activation: reference.default('approx-sign'),
  /** `none` leaves weights real. */
  weight: reference.default('magnitude-aware-sign'),
})

const schedule = z.union(
  [
    z.enum(['constant', 'linear', 'cosine']),
    z.strictObject({
      name: z.literal('steps'),
      at: z.array(z.number().positive()).min(1),
      factor: z.number().positive().max(1).optional(),
    }),
  ],
  { error: 'expected constant, linear, cosine, or { "name": "steps", "at": [epochs], "factor": 0.1 }' },
)

const loss = options('expected cross-entropy, soft-labels, a distiller, or { "name": ..., "weight": ... }')

/** How a stage trains. What is left out is as `@onebit/train` has it. */
const settings = {
  epochs: z.int().min(1),
  optimizer: options('expected sgd, adam, adamw, bop, or { "name": ..., and options }').optional(),
  learningRate: z.number().positive().optional(),
  schedule: schedule.optional(),
  warmUp: z.number().min(0).optional(),
  weightDecay: z.number().min(0).optional(),
  labelSmoothing: share.optional(),
  mixUp: share.optional(),
  clipNorm: z.number().min(0).optional(),
  average: share.optional(),
  reestimateBatchNorm: z.int().min(0).optional(),
  losses: z.array(loss).min(1).optional(),
}

/** What is of a run, not of a stage. */
const runSettings = {
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0),
  /** Threads, on the engine `wasm`; another number gives other bits. */
  workers: z.int().min(1).optional(),
  /** With several workers: whether BatchNorm sees the whole batch. */
  synchronizeBatchNorm: z.boolean().optional(),
}

/** The only stage; beside `stages`, what is of the run and what stages leave out. */
const training = z.strictObject({ ...settings, ...runSettings })
const defaults = z.strictObject({ ...settings, epochs: settings.epochs.optional(), ...runSettings })

const stage = z.strictObject({
  name: z.string().min(1).optional(),
  /** What is binary; default: both. */
  binary: z.enum(['none', 'activations', 'weights', 'both']).optional(),
  /** Instead of the model's, in this stage. */
  network: reference.optional(),
  block: reference.optional(),
  activation: reference.optional(),
  weight: reference.optional(),
  from: z.string().min(1).optional(),
  teacher: z.literal('previous').optional(),
  ...settings,
  epochs: settings.epochs.optional(),
})

/** Of data sets that are not known; a known one brings its own. */
const anyDataset = z.looseObject({ name: z.string().min(1), ...commonKeys })

/** A checked recipe, its defaults filled in. */
export interface CheckedRecipe {
  readonly dataset: z.output<typeof anyDataset>
  readonly model: z.output<typeof model>
  readonly training: z.output<typeof defaults>
  readonly stages?: readonly RecipeStage[]
}

export type TrainingSettings = z.output<typeof training>
export type RecipeStage = z.output<typeof stage>

/** A name that autocompletes, any other, or one with options. */
type Named<Names> =
  | (keyof Names & string)
  | (string & {})
  | { readonly name: (keyof Names & string) | (string & {}); readonly [option: string]: unknown }

/** What a network is put together from. */
interface Parts {
  readonly network: Named<NetworkNames>
  readonly block: Named<BlockNames>
  /** `none` leaves activations real. @default 'approx-sign' */
  readonly activation?: Named<QuantizerNames>
  /** `none` leaves weights real. @default 'magnitude-aware-sign' */
  readonly weight?: Named<QuantizerNames>
}

/** A recipe as it is written, in a program or a file. */
export interface Recipe {
  readonly dataset: { readonly name: string; readonly [option: string]: unknown }
  readonly model: Parts & { readonly task?: 'classify' }
  /** The only stage, or what `stages` leave out. */
  readonly training?: z.input<typeof defaults>
  readonly stages?: readonly (Omit<z.input<typeof stage>, keyof Parts> & Partial<Parts>)[]
}

/** @param dataset The schema of the data set that the recipe names. */
export function recipeSchema(hasStages: boolean, dataset: z.ZodObject = anyDataset): z.ZodType<CheckedRecipe> {
  const parts = { dataset, model }
  const schema = hasStages
    ? z.strictObject({ ...parts, training: defaults.prefault({}), stages: z.array(stage).min(1) })
    : z.strictObject({ ...parts, training })
  return schema as unknown as z.ZodType<CheckedRecipe>
}

/** The keys of the recipe's parts, for suggestions; `*` stands for a place in a list. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': ['dataset', 'model', 'training', 'stages'],
  model: Object.keys(model.shape),
  training: Object.keys(training.shape),
  'training.schedule': ['name', 'at', 'factor'],
  'stages.*': Object.keys(stage.shape),
  'stages.*.schedule': ['name', 'at', 'factor'],
}

/** What flags alone start from. */
export const DEFAULT_RECIPE = {
  dataset: { name: 'fashion-mnist' },
  model: { network: 'resnet-small', block: 'bi-real' },
  training: { epochs: 5 },
} as const satisfies Recipe
