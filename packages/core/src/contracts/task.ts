/**
 * A task, in two halves with one name. The training half says what targets are, how annotations move with a picture and which losses there
 * are; the deployment half, which has no TensorFlow.js, reads a file's metadata, decodes outputs, measures, describes and draws. Batches,
 * the trainer, checkpoints, threads, the report and the command line know tasks through this alone.
 *
 *   Facts       what a task has to know of a data set before it sees a picture (classes, joints): JSON, and part of a frozen file
 *   Annotation  what a person wrote down about one picture (a label, keypoints, boxes), in the pixels of that picture
 *   Target      the compact numbers that a network is trained towards, made of an annotation
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

/** Settings of a stage that only some tasks have, by name; task packages augment it, so that `train` takes them in a typed way. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface TaskSettings {}

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Facts of a data set, of whichever task. */
export type AnyFacts = Readonly<Record<string, JsonValue>>

/** Height and width in pixels. */
export type PictureSize = readonly [height: number, width: number]

/** A picture in memory as tasks draw on it: rows of interleaved 8-bit channels. `Picture` of `@onebit/image` is one. */
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

/** Targets of one picture, by name, each as long as its shape says. */
export type TargetValues = Readonly<Record<string, Float32Array | Int32Array>>

/** Outputs of one picture, by name. */
export type OutputValues = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>>

/** How a picture lies in a network's input. */
export interface Placement {
  /** From pixels of the network's input to pixels of the picture. */
  readonly toPicture: Affine
  /** Of the picture. */
  readonly picture: PictureSize
  /** Of the network's input. */
  readonly input: PictureSize
}

/** A number that says how good predictions are. */
export interface MetricInfo {
  /** As people write it: `accuracy`, `PCKh@0.5`, `mIoU`. */
  readonly name: string
  /** `share`: 0 to 1, shown in percent; `plain`: a number of its own unit, which the description tells. */
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
  /** By the metric's name. Of no pictures, the worst value. */
  values(): Readonly<Record<string, number>>
  tables?(): readonly MetricTable[]
}

/** One line of a prediction for people. */
export interface DescribedRow {
  readonly label: string
  /** 0 to 1, drawn as a bar; absent where there is no such number. */
  readonly score?: number
  /** Whatever else there is to say, such as `x 12, y 40`. */
  readonly detail?: string
}

/** The deployment half: plain arrays, no TensorFlow.js. */
export interface TaskRuntime<Facts = AnyFacts, Annotation = unknown, Prediction = unknown> {
  /** The task's name, as `metadata.task` has it. */
  readonly name: string
  /**
   * Facts as text by key, for a model file.
   */
  writeMetadata(facts: Facts): Readonly<Record<string, string>>
  /**
   * The facts in a model file, as far as they are there.
   * @throws ModelFormatError naming the field that is there but cannot be understood.
   */
  readMetadata(metadata: Readonly<Record<string, string>>): Partial<Facts>
  /**
   * Facts completed for a network whose file does not state them all, and a sentence for each assumption.
   * @throws InputError if the network's outputs cannot be of this task, or do not fit the facts.
   */
  complete(facts: Partial<Facts>, outputs: OutputShapes): { readonly facts: Facts; readonly assumptions: readonly string[] }
  decode(outputs: OutputValues, facts: Facts, placement: Placement): Prediction
  /** Which numbers there are; the first is the headline, which early stopping and the best checkpoint go by. */
  metrics(facts: Facts): readonly MetricInfo[]
  /** Begins to measure. */
  measure(facts: Facts): MetricSums<Prediction, Annotation>
  /**
   * A prediction in rows for people, the most important first.
   * @param top At most so many rows, where the task ranks them.
   */
  describe(prediction: Prediction, facts: Facts, top?: number): readonly DescribedRow[]
  /** A prediction as JSON. */
  toJson(prediction: Prediction, facts: Facts, top?: number): JsonValue
  /** An annotation in few words, for a caption; the same form as `caption` of a prediction. */
  captionOf(annotation: Annotation, facts: Facts): string
  caption(prediction: Prediction, facts: Facts): string
  /** Whether a prediction is right, for tasks where it is either right or wrong. */
  matches?(prediction: Prediction, annotation: Annotation): boolean
  /** The picture, in color, with the prediction drawn on it. The given picture stays as it is. */
  draw(picture: PictureData, prediction: Prediction, facts: Facts): PictureData
}

/** The training half, as a package defines it. */
export interface TaskDefinition<Facts, Annotation, Prediction, Settings extends OptionRules = OptionRules>
  extends Omit<PluginDefinition, 'options'> {
  /** What turns a network's features into the outputs. A recipe may name another. */
  readonly head: HeadReference
  /** Options of the head that follow from the data: the number of classes, of joints. */
  headOptions(facts: Facts): AnyOptions
  /** Settings of a stage that only this task has, such as label smoothing; `expand` gets them. */
  readonly settings?: Settings
  /** Targets of one picture by name; compact, for what can be made on the backend is made there. */
  targets(facts: Facts, outputs: OutputShapes, input: PictureSize): Readonly<Record<string, TargetShape>>
  /**
   * The targets of one picture.
   * @param annotation In the pixels of the network's input.
   * @throws AnnotationError if the annotation does not fit the facts, such as a label that is no class.
   */
  encode(annotation: Annotation, facts: Facts, outputs: OutputShapes, input: PictureSize): TargetValues
  /**
   * An annotation moved with its picture. Every geometric augmentation goes through it.
   * @param affine From the old picture's pixels to the new one's. A negative determinant mirrors: left and right joints change names.
   * @param size Of the new picture.
   */
  warp(annotation: Annotation, affine: Affine, size: PictureSize, facts: Facts): Annotation
  /**
   * Targets on the backend, batch first, as losses read them: a label becomes a distribution, a joint a heat-map. Called inside `tf.tidy`.
   * Without it, losses read the compact targets. All float32 where `blends` is set.
   */
  expand?(targets: NamedTensorMap, facts: Facts, settings: AnyOptions): NamedTensorMap
  /** Whether a blend of two pictures has the blend of their expanded targets: what mix-up needs. Default false. */
  readonly blends?: boolean
  /** Losses of this task, by name; recipes may also name those of other packages. */
  readonly losses: readonly Loss[]
  /** What a stage minimizes that names no losses. */
  readonly defaultLosses: readonly LossReference[]
  /**
   * Numbers over the pictures that are trained on, made on the backend, by name of a metric: each a sum over the batch of a value of one
   * picture. Shown while training runs; the metrics of `runtime` are what counts.
   * @param targets The compact ones.
   */
  readonly monitors?: Readonly<Record<string, (outputs: OutputTensors, targets: NamedTensorMap, facts: Facts) => Scalar | Tensor>>
  /** The other half, loaded when it is needed. */
  runtime(): Promise<TaskRuntime<Facts, Annotation, Prediction>>
}

/** A task as the rest of the library sees it, its types erased. */
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
 * @throws InvalidPluginError if the name is not kebab-case, or a function is missing; OptionError on settings that are no rules.
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
 * Remembers on a composed model which task it was composed for, so that `train(model, { data })` need not be told. Saving loses it.
 * @throws OptionError on what is no model or no task.
 */
export function attachTask<Model extends object>(model: Model, task: Task): Model {
  checkArgument('attachTask()', 'model', model, object({}))
  checkArgument('attachTask()', 'task', task, object({ kind: oneOf(['task']), name: text }))
  Object.defineProperty(model, TASK, { value: task, configurable: true })
  return model
}

/**
 * The task that a model was composed for, if it was.
 * @throws OptionError on what is no model.
 */
export function attachedTask(model: object): Task | undefined {
  checkArgument('attachedTask()', 'model', model, object({}))
  return (model as { readonly [TASK]?: Task })[TASK]
}
