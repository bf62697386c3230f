/** What the main thread and a training thread say to each other. */
import type { AnyFacts, AnyOptions, ErrorParts } from '@onebit/core'
import type { Tap } from '../losses/loss-terms.ts'
import type { TrainedChoice } from '../model/trained-weights.ts'
import type { Values } from '../model/weight-values.ts'
import type { PassNumbers } from '../step/gradient-pass.ts'
import type { RowPart } from '../teacher/row-layout.ts'
import type { ExchangeSizes } from './exchange.ts'

/** A model as data: its layers, and its weights where they are not exchanged. */
export interface SentModel {
  /** As `LayersModel.toJSON` gives it. */
  readonly topology: unknown
  readonly weights?: ReadonlyMap<string, Values>
}

/** A plugin as data. */
export interface SentPlugin {
  readonly kind: string
  readonly name: string
  /** URL of the module that lists it, where the package that brings it is installed. */
  readonly module?: string
}

/** A term of the loss as data. */
export interface SentTerm {
  readonly plugin: SentPlugin
  readonly options: AnyOptions
  readonly weight?: number
  readonly taps?: readonly Tap[]
}

/** What a thread is started with. */
export interface ThreadData {
  readonly replica: number
  readonly replicas: number
  readonly engine: 'wasm'
  /** URLs of modules with plugins. */
  readonly plugins: readonly string[]
  /** Where threads meet; see `rendezvous.ts`. */
  readonly meetings: SharedArrayBuffer
}

/** The model that the steps to come are of. */
export interface StageMessage {
  readonly type: 'stage'
  readonly model: SentModel
  /** A teacher that threads run themselves. */
  readonly teacher?: SentModel
  /** What is in the rows of a teacher that the main thread asks. */
  readonly teacherRows?: readonly RowPart[]
  readonly task: SentPlugin
  readonly facts: AnyFacts
  /** The stage's settings that are the task's own. */
  readonly settings: AnyOptions
  /** alpha of the Beta distribution; 0 is off. */
  readonly mixUp: number
  readonly losses: readonly SentTerm[]
  /** Which weights get gradients. */
  readonly trained: TrainedChoice
  /** Quantizers of the models. */
  readonly quantizers: readonly SentPlugin[]
  /** Of the run. */
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
  /** Pictures in the batch. */
  readonly count: number
  /** Steps done in the run. */
  readonly step: number
  /** Share of the stage that is done. */
  readonly progress: number
}

export type ToThread = StageMessage | StepMessage

/** The results of a step are in the exchange; the loss is the part's share of the batch's mean. */
export interface StepReply extends PassNumbers {
  readonly type: 'step'
  /** Names of trained weights that the loss depends on. */
  readonly reached: readonly string[]
  /** Tensors that the thread holds after the step. */
  readonly tensors: number
}

export interface ErrorReply {
  readonly type: 'error'
  readonly parts: ErrorParts
}

export type FromThread = { readonly type: 'started' } | { readonly type: 'stage' } | StepReply | ErrorReply
