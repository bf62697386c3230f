/** The type of recipes: data set, model, and training in one stage or several, as data. */
import type { BlockNames, HeadNames, NetworkNames, OptionsOf, QuantizerNames, TaskNames, TaskSettings } from '@onebit/core'
import type { STAGE_SETTINGS, TEACHER_FIELDS } from '@onebit/train'

/** A name, or a name with options. */
export type NamedReference = string | { readonly name: string; readonly [option: string]: unknown }

/** A known name for completion, any other name, or a name with options. */
type Named<Names> =
  | (keyof Names & string)
  | (string & {})
  | { readonly name: (keyof Names & string) | (string & {}); readonly [option: string]: unknown }

/** The parts of a network. */
interface Parts {
  readonly network: Named<NetworkNames>
  readonly block: Named<BlockNames>
  /** `none` leaves activations real. @default 'approx-sign' */
  readonly activation?: Named<QuantizerNames>
  /** `none` leaves weights real. @default 'magnitude-aware-sign' */
  readonly weight?: Named<QuantizerNames>
}

type Settings = Omit<Partial<OptionsOf<typeof STAGE_SETTINGS>>, 'teacher' | 'cacheTeacher'> & TaskSettings

/** The settings of a run, shared by its stages. */
export interface RunSettings {
  readonly seed?: number
  /** Number of threads, on the engine `wasm`. Another number gives other bits. */
  readonly workers?: number
  /** With several workers, BatchNorm uses the whole batch. */
  readonly synchronizeBatchNorm?: boolean
}

/** The teacher of the distillers: `previous`, an earlier stage, or one of the others by its only key. */
export type RecipeTeacher = string | { readonly [Key in keyof typeof TEACHER_FIELDS]?: string }

/** A stage as a user writes it. */
export interface RecipeStage extends Settings, Partial<Parts> {
  readonly name?: string
  /** The binary sides; default: both. */
  readonly binary?: 'none' | 'activations' | 'weights' | 'both'
  /** The initial weights: those of `previous` (the default), those of an earlier stage by its name, or `scratch`. */
  readonly from?: string
  readonly teacher?: RecipeTeacher
  /**
   * Compute the teacher's outputs for every picture once, and store them beside the run (`true`) or in a folder. @default false
   */
  readonly cacheTeacher?: boolean | string
  /** A data set to train on. Without a name, it is the recipe's data set in other batches or with other augmentations. */
  readonly dataset?: { readonly name?: string; readonly [option: string]: unknown }
}

/** The description of a recipe. */
export interface RecipeAbout {
  /** The technique. */
  readonly title: string
  /** The publication. */
  readonly paper: string
  /** The result of the publication that the recipe reproduces. */
  readonly reproduces: string
  /** `published` has the published settings; `mini` is a version that trains in minutes. @default 'published' */
  readonly scale?: 'published' | 'mini'
}

/** A recipe as a user writes it, in a program or a file. */
export interface Recipe {
  readonly about?: RecipeAbout
  /** Packages, paths or URLs of modules with plugins that the recipe uses. */
  readonly plugins?: readonly string[]
  readonly dataset: { readonly name: string; readonly [option: string]: unknown }
  readonly model: Parts & {
    /** Default: the task of the data set. */
    readonly task?: (keyof TaskNames & string) | (string & {})
    /** Replaces the head of the task. */
    readonly head?: Named<HeadNames>
    /** The float twin: the same topology with real weights, and with a real nonlinear activation in place of signs. */
    readonly twin?: boolean
  }
  /** The settings of the only stage, or the defaults of all `stages`. */
  readonly training?: Settings & RunSettings
  readonly stages?: readonly RecipeStage[]
  /** Sources of values by their paths: `"stages[0].learningRate": "section 4.1"`. */
  readonly sources?: Readonly<Record<string, string>>
}

/** A checked recipe. The data set's options, the model's quantizers and the seed are filled in; the rest is as written. */
export interface CheckedRecipe {
  readonly about?: Required<RecipeAbout>
  readonly plugins?: readonly string[]
  readonly dataset: { readonly name: string; readonly batch: number; readonly [option: string]: unknown }
  readonly model: {
    readonly task: string
    readonly network: NamedReference
    readonly block: NamedReference
    readonly activation: NamedReference
    readonly weight: NamedReference
    readonly head?: NamedReference
    readonly twin?: boolean
  }
  readonly training: Settings & RunSettings & { readonly seed: number }
  readonly stages?: readonly RecipeStage[]
  readonly sources?: Readonly<Record<string, string>>
}

/** The recipe that flags change if there is no other. */
export const DEFAULT_RECIPE = {
  dataset: { name: 'fashion-mnist' },
  model: { network: 'resnet-small', block: 'bi-real' },
  training: { epochs: 5 },
} as const satisfies Recipe
