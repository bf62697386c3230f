/**
 * A task has two halves with one name. The training half defines targets, losses, and the movement of annotations with a picture. The
 * deployment half has no TensorFlow.js. It reads a file's metadata, decodes outputs, measures, describes and draws. Batches, the trainer,
 * checkpoints, threads, the report and the command line know tasks only through this contract.
 *
 *   Facts       properties of a data set that a task needs before the first picture (classes, joints): JSON, and part of a frozen file
 *   Annotation  a person's notes on one picture (a label, keypoints, boxes), in the pixels of that picture
 *   Target      compact numbers made of an annotation, for training
 *   Prediction  the decoded outputs of one picture, in the pixels of that picture
 */
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core'
import { checkArgument } from '../options/check-options.ts'
import type { AnyOptions, OptionRules } from '../options/option-rules.ts'
import { anything, object, oneOf, record, text } from '../options/value-rules.ts'
import type { Affine } from './affine.ts'
import type { HeadReference } from './head.ts'
import type { Loss, LossReference, OutputTensors } from './loss.ts'
import { checkDefinition, makePlugin, type Plugin, type PluginDefinition, type ReferenceTo } from './plugin.ts'

/** Settings of a stage that only some tasks have, by name. Task packages augment it, so `train` types them. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface TaskSettings {}

/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Facts of a data set of any task. */
export type AnyFacts = Readonly<Record<string, JsonValue>>

/** Height and width in pixels. */
export type PictureSize = readonly [height: number, width: number]

/** A picture in memory that tasks draw on: rows of interleaved 8-bit channels. `Picture` of `@onebit/image` is one. */
export interface PictureData {
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
  /** 1: gray, 3: red, green, blue, 4: with alpha. */
  readonly channels: number
}

/** A target of one picture: `[]` is one number. */
export interface TargetShape {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
}

/** Shapes of a network's outputs for one picture, by name. */
export type OutputShapes = Readonly<Record<string, readonly number[]>>

/** Targets of one picture, by name. Each has the length that its shape says. */
export type TargetValues = Readonly<Record<string, Float32Array | Int32Array>>

/** Outputs of one picture, by name. */
export type OutputValues = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>>

/** Position of a picture in a network's input. */
export interface Placement {
  /** From pixels of the network's input to pixels of the picture. */
  readonly toPicture: Affine
  /** Size of the picture. */
  readonly picture: PictureSize
  /** Size of the network's input. */
  readonly input: PictureSize
}

/** A number that says how good predictions are. */
export interface MetricInfo {
  /** The name that people use: `accuracy`, `PCKh@0.5`, `mIoU`. */
  readonly name: string
  /** `share`: 0 to 1, shown in percent; `plain`: a number in a unit that the description names. */
  readonly unit: 'share' | 'plain'
  readonly better: 'higher' | 'lower'
  /** One sentence for people who do not know the metric. */
  readonly description: string
}

/** A table of text beside the numbers: per class, per joint. */
export interface MetricTable {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Sums over predictions. */
export interface MetricSums<Prediction = unknown, Annotation = unknown> {
  add(prediction: Prediction, annotation: Annotation): void
  /** Values by the metric's name. Without any picture, the worst value. */
  values(): Readonly<Record<string, number>>
  tables?(): readonly MetricTable[]
}

/** One line of a prediction for people. */
export interface DescribedRow {
  readonly label: string
  /** 0 to 1, drawn as a bar. Absent if there is no such number. */
  readonly score?: number
  /** Further details, such as `x 12, y 40`. */
  readonly detail?: string
}

/** The deployment half: plain arrays, no TensorFlow.js. */
export interface TaskRuntime<Facts = AnyFacts, Annotation = unknown, Prediction = unknown> {
  /** The task's name, also in `metadata.task`. */
  readonly name: string
  /**
   * Facts as text by key, for a model file.
   */
  writeMetadata(facts: Facts): Readonly<Record<string, string>>
  /**
   * The facts that a model file states.
   * @throws ModelFormatError naming the first field that cannot be understood.
   */
  readMetadata(metadata: Readonly<Record<string, string>>): Partial<Facts>
  /**
   * Completes the facts of a network if its file does not state them all. Returns them with a sentence for each assumption.
   * @throws InputError if the network's outputs cannot belong to this task or do not fit the facts.
   */
  complete(facts: Partial<Facts>, outputs: OutputShapes): { readonly facts: Facts; readonly assumptions: readonly string[] }
  decode(outputs: OutputValues, facts: Facts, placement: Placement): Prediction
  /**
   * Outputs for the mirror image of a picture, turned into outputs for the picture itself: maps are mirrored back, and what has a side
   * changes it. The flip test needs it: the mean of both outputs. Outputs that it leaves out are not averaged.
   */
  mirrorOutputs?(outputs: OutputValues, facts: Facts): OutputValues
  /** The metrics. Early stopping and the choice of the best checkpoint use the first one. */
  metrics(facts: Facts): readonly MetricInfo[]
  /** Begins to measure. */
  measure(facts: Facts): MetricSums<Prediction, Annotation>
  /**
   * A prediction in rows for people, the most important first.
   * @param top Most rows, if the task ranks them.
   */
  describe(prediction: Prediction, facts: Facts, top?: number): readonly DescribedRow[]
  /** A prediction as JSON. */
  toJson(prediction: Prediction, facts: Facts, top?: number): JsonValue
  /** An annotation in few words, for a caption. It has the same form as `caption` of a prediction. */
  captionOf(annotation: Annotation, facts: Facts): string
  caption(prediction: Prediction, facts: Facts): string
  /** True if a prediction is right. Only for tasks with predictions that are either right or wrong. */
  matches?(prediction: Prediction, annotation: Annotation): boolean
  /** The picture, in color, with the prediction drawn on it. The given picture stays as it is. */
  draw(picture: PictureData, prediction: Prediction, facts: Facts): PictureData
}

/** The training half, as a package defines it. */
export interface TaskDefinition<Facts, Annotation, Prediction, Settings extends OptionRules = OptionRules>
  extends Omit<PluginDefinition, 'options'> {
  /** The head that turns a network's features into the outputs. A recipe may name another. */
  readonly head: HeadReference
  /** Options of the head that follow from the data: the number of classes, of joints. */
  headOptions(facts: Facts): AnyOptions
  /** Settings of a stage that only this task has, such as label smoothing. `expand` gets them. */
  readonly settings?: Settings
  /** Targets of one picture by name. They are compact, as `expand` makes larger tensors of them on the backend. */
  targets(facts: Facts, outputs: OutputShapes, input: PictureSize): Readonly<Record<string, TargetShape>>
  /**
   * The targets of one picture.
   * @param annotation An annotation in the pixels of the network's input.
   * @throws AnnotationError if the annotation does not fit the facts, such as a label beyond the last class.
   */
  encode(annotation: Annotation, facts: Facts, outputs: OutputShapes, input: PictureSize): TargetValues
  /**
   * Moves an annotation with its picture. Every geometric augmentation calls it.
   * @param affine Maps the old picture's pixels to the new one's. A negative determinant mirrors: left and right joints change names.
   * @param size Size of the new picture.
   */
  warp(annotation: Annotation, affine: Affine, size: PictureSize, facts: Facts): Annotation
  /**
   * Makes targets for losses on the backend, batch first: a label becomes a distribution, a joint a heat-map. Called inside `tf.tidy`.
   * Without it, losses read the compact targets. All are float32 if `blends` is set.
   */
  expand?(targets: NamedTensorMap, facts: Facts, settings: AnyOptions): NamedTensorMap
  /** True if a blend of two pictures has the blend of their expanded targets, as mix-up needs. Default false. */
  readonly blends?: boolean
  /** Losses of this task. Recipes may also name those of other packages. */
  readonly losses: readonly Loss[]
  /** The losses of a stage that names none. */
  readonly defaultLosses: readonly LossReference[]
  /**
   * Numbers over the training pictures by name of a metric, computed on the backend. Each is a sum over the batch of a value of one
   * picture. They are shown while training runs. Only the metrics of `runtime` count.
   * @param targets The compact targets.
   */
  readonly monitors?: Readonly<Record<string, (outputs: OutputTensors, targets: NamedTensorMap, facts: Facts) => Scalar | Tensor>>
  /** The deployment half, loaded when it is needed. */
  runtime(): Promise<TaskRuntime<Facts, Annotation, Prediction>>
}

/** A task for the rest of the library, its types erased. */
export interface Task extends Plugin, Omit<TaskDefinition<AnyFacts, unknown, unknown>, 'name' | 'package' | 'paper'> {
  readonly kind: 'task'
  readonly settings: OptionRules
}

/** Option types of tasks by name, for completion; packages augment it. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface TaskNames {}

export type TaskReference = ReferenceTo<TaskNames, Task>

/**
 * Makes a plugin of a task's definition.
 * @throws InvalidPluginError if the name is not kebab-case or a function is missing; OptionError if the settings are not rules.
 */
export function defineTask<Facts, Annotation, Prediction, const Settings extends OptionRules = Record<never, never>>(
  definition: TaskDefinition<Facts, Annotation, Prediction, Settings>,
): Task {
  checkDefinition('task', definition, ['headOptions', 'targets', 'encode', 'warp', 'runtime'])
  const { settings = {} } = definition
  checkArgument('defineTask()', 'settings', settings, record(record(anything)))
  return makePlugin<Task>('task', { ...definition, settings, options: {} } as PluginDefinition)
}

const TASK = Symbol.for('onebit.task')

/**
 * Stores the task of a composed model on the model, so that `train(model, { data })` knows it. Saving loses it.
 * @throws OptionError if `model` is not a model or `task` is not a task.
 */
export function attachTask<Model extends object>(model: Model, task: Task): Model {
  checkArgument('attachTask()', 'model', model, object({}))
  checkArgument('attachTask()', 'task', task, object({ kind: oneOf(['task']), name: text }))
  Object.defineProperty(model, TASK, { value: task, configurable: true })
  return model
}

/**
 * The task of a composed model, or undefined.
 * @throws OptionError if `model` is not a model.
 */
export function attachedTask(model: object): Task | undefined {
  checkArgument('attachedTask()', 'model', model, object({}))
  return (model as { readonly [TASK]?: Task })[TASK]
}
