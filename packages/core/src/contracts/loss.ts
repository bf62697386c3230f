/** Losses and distillers compute scalars that a stage minimizes. TensorFlow.js appears as types only. */
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
import type { AnyOptions, OptionRules, OptionsOf } from '../options/option-rules.ts'
import { makePlugin, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'

/** One output of a model, for losses. */
export interface OutputTensor {
  /** `[batch, ...]` */
  readonly tensor: Tensor
  /**
   * True if the model ends in a softmax or a sigmoid. `tensor` is then the input of that layer, where cross-entropy is exact. If false,
   * `tensor` is the output itself.
   */
  readonly isLogits: boolean
}

/** Outputs by name. */
export type OutputTensors = Readonly<Record<string, OutputTensor>>

/** Facts that a loss may use besides outputs and targets. */
export interface LossContext<Facts = unknown> {
  /** The task's facts of the data set: its classes, its joints. */
  readonly facts: Facts
}

export interface LossDefinition<Rules extends OptionRules = OptionRules, Facts = unknown> extends PluginDefinition<Rules> {
  /**
   * Returns a mean over the batch.
   * @param outputs Outputs of the model by the names that the head gives them.
   * @param targets Targets that the task's `expand` made, batch first.
   */
  loss(outputs: OutputTensors, targets: NamedTensorMap, options: OptionsOf<Rules>, context: LossContext<Facts>): Scalar
}

/** Measures how far outputs are from their targets, as a number to minimize. */
export interface Loss extends Plugin {
  readonly kind: 'loss'
  loss(outputs: OutputTensors, targets: NamedTensorMap, options: AnyOptions, context: LossContext): Scalar
}

/** Values for a distiller to compare: tapped values by name, and all outputs of a model. */
export interface DistilledTensors {
  /** Tapped values by the tap's name, batch first. */
  readonly taps: NamedTensorMap
  readonly outputs: OutputTensors
}

export interface DistillerContext<Facts = unknown> extends LossContext<Facts> {
  /** Targets that the task's `expand` made. */
  readonly targets: NamedTensorMap
  /** The variables that `variables` asked for. They train with the student and are not part of its model. */
  readonly variables: Readonly<Record<string, Variable>>
}

/** A variable of a distiller, such as an adapter between a narrow student and a wide teacher. */
export interface DistillerVariable {
  readonly shape: readonly number[]
  /** The run's seed draws values from a normal distribution around 0 of this standard deviation. 0 begins with zeros. */
  readonly deviation: number
}

/** Shapes of the taps of both models, without the batch. */
export interface TapShapes {
  readonly student: Readonly<Record<string, readonly number[]>>
  readonly teacher: Readonly<Record<string, readonly number[]>>
}

export interface DistillerDefinition<Rules extends OptionRules = OptionRules, Facts = unknown> extends PluginDefinition<Rules> {
  /** `taps` (the default) compares inner values, `outputs` only the models' outputs. */
  readonly compares?: 'taps' | 'outputs'
  /**
   * Checks the taps before the first step.
   * @throws OptionError if they cannot be compared.
   */
  checkTaps?(shapes: TapShapes, options: OptionsOf<Rules>): void
  /** The distiller's own learned variables. Default: none. */
  variables?(shapes: TapShapes, options: OptionsOf<Rules>): Readonly<Record<string, DistillerVariable>>
  /** The loss of a student against a teacher, a mean over the batch. The teacher is fixed: no gradient flows into it. */
  loss(student: DistilledTensors, teacher: DistilledTensors, options: OptionsOf<Rules>, context: DistillerContext<Facts>): Scalar
}

/** Makes a student follow a teacher. */
export interface Distiller extends Plugin {
  readonly kind: 'distiller'
  readonly compares?: 'taps' | 'outputs'
  checkTaps?(shapes: TapShapes, options: AnyOptions): void
  variables?(shapes: TapShapes, options: AnyOptions): Readonly<Record<string, DistillerVariable>>
  loss(student: DistilledTensors, teacher: DistilledTensors, options: AnyOptions, context: DistillerContext): Scalar
}

/** Option types of losses by name, for completion; packages augment it. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface LossNames {}
/** Option types of distillers by name. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface DistillerNames {}

export type LossReference = ReferenceTo<LossNames, Loss>
export type DistillerReference = ReferenceTo<DistillerNames, Distiller>

/**
 * Makes a plugin of a loss's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineLoss<const Rules extends OptionRules = Record<never, never>, Facts = unknown>(
  definition: LossDefinition<Rules, Facts>,
): Loss {
  return makePlugin('loss', definition as PluginDefinition, ['loss'])
}

/**
 * Makes a plugin of a distiller's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineDistiller<const Rules extends OptionRules = Record<never, never>, Facts = unknown>(
  definition: DistillerDefinition<Rules, Facts>,
): Distiller {
  return makePlugin('distiller', definition as PluginDefinition, ['loss'])
}
