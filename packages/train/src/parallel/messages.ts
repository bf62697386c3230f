/** What the main thread and a training thread say to each other. */
import type { ErrorParts } from '@onebit/core'
import type { SoftLabelsTerm, Tap } from '../losses.ts'
import type { Values } from '../model/weight-values.ts'
import type { ExchangeSizes } from './exchange.ts'

/** A model as data: its layers, and its weights where they are not exchanged. */
export interface SentModel {
  /** As `LayersModel.toJSON` gives it. */
  readonly topology: unknown
  readonly weights?: ReadonlyMap<string, Values>
}

/** A loss as data: a distiller by its name and options. */
export type SentLoss =
  | 'cross-entropy'
  | { readonly name: 'cross-entropy'; readonly weight?: number }
  | SoftLabelsTerm
  | {
      readonly distiller: { readonly name: string; readonly [option: string]: unknown }
      readonly taps: readonly Tap[]
      readonly weight?: number
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
  readonly teacher?: SentModel
  readonly losses: readonly SentLoss[]
  /** Of the run. */
  readonly seed: number
  readonly synchronizeBatchNorm: boolean
  readonly sizes: ExchangeSizes
  readonly exchange: SharedArrayBuffer
  /** `[height, width, channels]` */
  readonly shape: readonly number[]
}

/** A batch and the weights are in the exchange. */
export interface StepMessage {
  readonly type: 'step'
  /** Images in the batch. */
  readonly count: number
  /** Steps done in the run. */
  readonly step: number
  /** Share of the stage that is done. */
  readonly progress: number
}

export type ToThread = StageMessage | StepMessage

/** The results of a step are in the exchange. */
export interface StepReply {
  readonly type: 'step'
  /** The part's share of the batch's mean loss. */
  readonly loss: number
  readonly correct: number
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
