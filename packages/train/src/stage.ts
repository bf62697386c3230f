/** A stage of training: what is binary in it, and how it is trained. Plain data, apart from plugins and a teacher of your own. */
import {
  type BlockReference,
  checkArguments,
  type NetworkReference,
  type QuantizerReference,
  rules,
  type TaskSettings,
  type TeacherCache,
} from '@onebit/core'
import type { Augmentation, BatchSource, ImageSet } from '@onebit/data'
import type { LossTerm } from './losses/loss-terms.ts'
import type { InitialGroup } from './model/initial-values.ts'
import type { WeightSelector } from './model/trained-weights.ts'
import type { OptimizerReference } from './optimizers/optimizer-plugin.ts'
import type { ParameterGroup } from './optimizers/parameter-groups.ts'
import type { Schedule } from './schedule.ts'
import { STAGE_COMPOSITION } from './settings.ts'
import type { TeacherReference } from './teacher/teacher-reference.ts'

/** Which sides of the binary convolutions are quantized. */
export type Binary = 'none' | 'activations' | 'weights' | 'both'

/** How a stage is trained. `STAGE_SETTINGS` has the ranges; a task may have settings of its own. */
export interface StageSettings extends TaskSettings {
  /** Passes over the data: an integer of at least 1. */
  readonly epochs: number
  /** @default 'adam' */
  readonly optimizer?: OptimizerReference
  /** Base rate, above 0. @default 0.002 */
  readonly learningRate?: number
  /** @default 'linear' */
  readonly schedule?: Schedule
  /** Epochs, fractions allowed, in which the rate rises from 0 to its base; the schedule takes the rest. @default 0 */
  readonly warmUp?: number
  /** Of kernels: L2 penalty, or for AdamW the decoupled decay. @default 0 */
  readonly weightDecay?: number
  /** alpha of the Beta distribution that pictures are blended by, from 0 (off) to 1. @default 0 */
  readonly mixUp?: number
  /** Longest gradient of all weights together; 0 does not clip. @default 0 */
  readonly clipNorm?: number
  /** Decay of the moving average of weights that is measured and kept, from 0 (off) to below 1, such as 0.999. @default 0 */
  readonly average?: number
  /** Batches that BatchNorm's statistics are estimated from anew once the stage is over, quantizers frozen; 0 for none. @default 0 */
  readonly reestimateBatchNorm?: number
  /** Which weights train. Statistics of BatchNorm follow the pictures all the same. Default: all. */
  readonly trainable?: readonly WeightSelector[]
  /** Which of them stay as they are, to the bit. Default: none. */
  readonly fixed?: readonly WeightSelector[]
  /** Weights with an optimizer, rate, schedule or decay of their own; the first group that means a weight has it. */
  readonly groups?: readonly ParameterGroup[]
  /** What some weights are drawn from, where a stage draws weights; the first entry that means a weight has it. Default: their layers' own. */
  readonly initial?: readonly InitialGroup[]
  /** What is minimized: a sum of terms. Default: what the task says. */
  readonly losses?: readonly LossTerm[]
  /** Whom distillers follow. */
  readonly teacher?: TeacherReference
  /** Where what the teacher gives for every picture is kept, and computed once, such as `teacherCache` of `@onebit/kd/node`. Default: nowhere. */
  readonly cacheTeacher?: TeacherCache
  /** Epochs without a better headline metric after which the stage ends; 0 is off. @default 0 */
  readonly patience?: number
  /** Which weights the stage ends with: the last, or those of the epoch with the best headline metric. @default 'last' */
  readonly keep?: 'last' | 'best'
}

/** What a stage is composed of. */
export interface StageComposition {
  /** @default 'stage 1', 'stage 2', ... */
  readonly name?: string
  /** Read by `compose`. */
  readonly binary?: Binary
  /** Instead of the model's network; read by `compose`. */
  readonly network?: NetworkReference
  /** Instead of the model's block; read by `compose`. */
  readonly block?: BlockReference
  /** Instead of the model's quantizer of activations; read by `compose`. */
  readonly activation?: QuantizerReference
  /** Instead of the model's quantizer of weights; read by `compose`. */
  readonly weight?: QuantizerReference
}

/** What a stage trains on, where that is not what the run trains on. Validation and test pictures are the run's. */
export interface StageData {
  /** Pictures in the place of the run's, of the same size and annotated alike. */
  readonly data?: ImageSet | BatchSource
  /** Of images in memory; a source of batches brings its own. */
  readonly batchSize?: number
  /** Steps that change each picture of a set in memory anew in each epoch; a source of batches brings its own. */
  readonly augment?: readonly Augmentation[]
}

export interface Stage extends StageSettings, StageComposition, StageData {
  /** Whose weights it begins with: `previous`, the name of an earlier stage, or `scratch`. @default 'previous' */
  readonly from?: string
}

/** A stage as it is given: without epochs of its own it takes those beside `stages`. */
export type StageOptions = Omit<Stage, 'epochs'> & Partial<Pick<Stage, 'epochs'>>

/**
 * The quantizers that a stage composes its model with, given those of the fully binary network.
 *
 * @returns references for `composeModel`; `undefined` leaves a side real.
 */
export function stageQuantizers(
  stage: Pick<Stage, 'binary' | 'activation' | 'weight'>,
  network: { readonly activation?: QuantizerReference; readonly weight?: QuantizerReference },
): { activation?: QuantizerReference; weight?: QuantizerReference } {
  checkArguments('stageQuantizers()', {
    stage: [stage, rules.object({}, { binary: rules.oneOf(STAGE_COMPOSITION.binary.values) })],
    network: [network, rules.object({})],
  })
  const { binary = 'both', activation, weight } = stage
  const side = (on: boolean, own?: QuantizerReference, general?: QuantizerReference): QuantizerReference | undefined =>
    // A quantizer that the stage names itself acts even where the side is not binary: tanh in place of the sign, say.
    own ?? (on ? general : undefined)
  return {
    activation: side(binary === 'activations' || binary === 'both', activation, network.activation),
    weight: side(binary === 'weights' || binary === 'both', weight, network.weight),
  }
}
