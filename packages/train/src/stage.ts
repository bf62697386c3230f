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

/** The quantized sides of binary convolutions. */
export type Binary = 'none' | 'activations' | 'weights' | 'both'

/** The settings of a stage. `STAGE_SETTINGS` states the ranges. A task may add its own settings. */
export interface StageSettings extends TaskSettings {
  /** Number of passes over the data, at least 1. */
  readonly epochs: number
  /** @default 'adam' */
  readonly optimizer?: OptimizerReference
  /** Base rate, above 0. @default 0.002 */
  readonly learningRate?: number
  /** @default 'linear' */
  readonly schedule?: Schedule
  /**
   * Number of epochs in which the rate rises from 0 to its base; fractions are allowed. The schedule spans the remaining epochs.
   * @default 0
   */
  readonly warmUp?: number
  /** Factor of the L2 penalty on kernels; with AdamW the decoupled decay. @default 0 */
  readonly weightDecay?: number
  /** alpha of the Beta distribution for blending pictures, from 0 (off) to 1. @default 0 */
  readonly mixUp?: number
  /** Maximum norm of all gradients together; 0 is off. @default 0 */
  readonly clipNorm?: number
  /**
   * Decay of a moving average of the weights, from 0 (off) to below 1, such as 0.999. The average is evaluated and saved.
   * @default 0
   */
  readonly average?: number
  /**
   * Number of batches from which BatchNorm estimates its statistics again at the end of the stage, with frozen quantizers; 0 is
   * off. @default 0
   */
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
  /** The final weights of the stage: the last ones, or those of the epoch with the best headline metric. @default 'last' */
  readonly keep?: 'last' | 'best'
}

/** The parts from which a stage's model is composed. */
export interface StageComposition {
  /** @default 'stage 1', 'stage 2', ... */
  readonly name?: string
  /** Read by `compose`. */
  readonly binary?: Binary
  /** Replaces the network of the model; read by `compose`. */
  readonly network?: NetworkReference
  /** Replaces the block of the model; read by `compose`. */
  readonly block?: BlockReference
  /** Replaces the model's quantizer of activations; read by `compose`. */
  readonly activation?: QuantizerReference
  /** Replaces the model's quantizer of weights; read by `compose`. */
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

/** A stage as a user writes it. Without its own `epochs` it takes those beside `stages`. */
export type StageOptions = Omit<Stage, 'epochs'> & Partial<Pick<Stage, 'epochs'>>

/**
 * Chooses the quantizers of a stage's model, from those of the fully binary network.
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
    // A quantizer that the stage itself names acts even on a side that is not binary, such as tanh in place of the sign.
    own ?? (on ? general : undefined)
  return {
    activation: side(binary === 'activations' || binary === 'both', activation, network.activation),
    weight: side(binary === 'weights' || binary === 'both', weight, network.weight),
  }
}
