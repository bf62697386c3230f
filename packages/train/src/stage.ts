/**
 * A stage of training: its composition and its settings. It is plain data, except for plugins and models that you pass as
 * teachers.
 */
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
  /** The weights to train. Statistics of BatchNorm follow the pictures in any case. Default: all weights. */
  readonly trainable?: readonly WeightSelector[]
  /** The weights to keep fixed, bit for bit. Default: none. */
  readonly fixed?: readonly WeightSelector[]
  /** Weights with their own optimizer, rate, schedule or decay. A weight belongs to the first group that selects it. */
  readonly groups?: readonly ParameterGroup[]
  /**
   * Initializers for some weights, if the stage initializes weights. The first entry that selects a weight counts. Default: those
   * of the layers.
   */
  readonly initial?: readonly InitialGroup[]
  /**
   * True: where the stage gives the weights another quantizer, the learned scales behind them take over the change of magnitude.
   * The sign of real weights is many times larger than the weights, and in blocks without a BatchNorm behind the convolution,
   * such as Real-to-Binary's, the stage would begin with outputs that are as many times too large. @default false
   */
  readonly keepMagnitude?: boolean
  /** The loss: a sum of terms. Default: the losses of the task. */
  readonly losses?: readonly LossTerm[]
  /** The teacher of the distillers. */
  readonly teacher?: TeacherReference
  /**
   * Storage for the teacher's outputs, so that they are computed only once per picture, such as `teacherCache` of
   * `@onebit/kd/node`. Default: none.
   */
  readonly cacheTeacher?: TeacherCache
  /** The stage ends after this many epochs without a better headline metric; 0 is off. @default 0 */
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

/** A stage's own training pictures. Validation and test pictures always belong to the run. */
export interface StageData {
  /** Pictures that replace those of the run. They have the same size and the same kind of annotations. */
  readonly data?: ImageSet | BatchSource
  /** Batch size for images in memory. A source of batches has its own. */
  readonly batchSize?: number
  /** Augmentation steps for a set in memory, applied to each picture in each epoch. A source of batches has its own. */
  readonly augment?: readonly Augmentation[]
}

export interface Stage extends StageSettings, StageComposition, StageData {
  /** The initial weights: those of `previous`, those of an earlier stage by its name, or `scratch`. @default 'previous' */
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
