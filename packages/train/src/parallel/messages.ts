/** The messages between the main thread and the training threads. */
import type { AnyFacts, AnyOptions, ErrorParts } from '@onebit/core'
import type { Tap } from '../losses/loss-terms.ts'
import type { TrainedChoice } from '../model/trained-weights.ts'
import type { Values } from '../model/weight-values.ts'
import type { PassNumbers } from '../step/gradient-pass.ts'
import type { RowPart } from '../teacher/row-layout.ts'
import type { ExchangeSizes } from './exchange.ts'

/** A model as data: its layers and, unless the exchange carries them, its weights. */
export interface SentModel {
  /** The result of `LayersModel.toJSON`. */
  readonly topology: unknown
  readonly weights?: ReadonlyMap<string, Values>
}

/** A plugin as data. */
export interface SentPlugin {
  readonly kind: string
  readonly name: string
  /** URL of the module that exports it, as the package that brings it is installed. */
  readonly module?: string
}

/** A term of the loss as data. */
export interface SentTerm {
  readonly plugin: SentPlugin
  readonly options: AnyOptions
  readonly weight?: number
  readonly taps?: readonly Tap[]
}

/** The data that a thread starts with. */
export interface ThreadData {
  readonly replica: number
  readonly replicas: number
  readonly engine: 'wasm'
  /** URLs of modules with plugins. */
  readonly plugins: readonly string[]
  /** Shared memory in which threads meet; see `rendezvous.ts`. */
  readonly meetings: SharedArrayBuffer
}

/** The model that the next steps train. */
export interface StageMessage {
  readonly type: 'stage'
  readonly model: SentModel
  /** A teacher that the threads run themselves. */
  readonly teacher?: SentModel
  /** The content of the rows of a teacher that the main thread runs. */
  readonly teacherRows?: readonly RowPart[]
  readonly task: SentPlugin
  readonly facts: AnyFacts
  /** The stage's settings that belong to the task. */
  readonly settings: AnyOptions
  /** alpha of the Beta distribution; 0 is off. */
  readonly mixUp: number
  readonly losses: readonly SentTerm[]
  /** The weights that get gradients. */
  readonly trained: TrainedChoice
  /** The quantizers that the models use. */
  readonly quantizers: readonly SentPlugin[]
  /** Seed of the run. */
  readonly seed: number
  /** Number of the stage, from 0. */
  readonly stage: number
  readonly synchronizeBatchNorm: boolean
  readonly sizes: ExchangeSizes
  readonly exchange: SharedArrayBuffer
  /** `[height, width, channels]` */
  readonly shape: readonly number[]
}

/** A batch and the weights are in the exchange. */
export interface StepMessage {
  readonly type: 'step'
  /** Number of pictures in the batch. */
  readonly count: number
  /** Number of steps done in the run. */
  readonly step: number
  /** Finished share of the stage, 0 to 1. */
  readonly progress: number
}

export type ToThread = StageMessage | StepMessage

/** The results of a step are in the exchange. The loss is the contribution of this part to the batch's mean. */
export interface StepReply extends PassNumbers {
  readonly type: 'step'
  /** Names of trained weights that the loss depends on. */
  readonly reached: readonly string[]
  /** Number of tensors that the thread holds after the step. */
  readonly tensors: number
}

export interface ErrorReply {
  readonly type: 'error'
  readonly parts: ErrorParts
}

export type FromThread = { readonly type: 'started' } | { readonly type: 'stage' } | StepReply | ErrorReply
