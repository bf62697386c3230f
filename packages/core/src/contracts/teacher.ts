/** Teachers: fixed functions of pictures, which distillers make a student follow. TensorFlow.js appears as types only. */
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core'
import type { OutputTensors } from './loss.ts'
import type { JsonValue } from './task.ts'

/** What a teacher gives for a batch of pictures. */
export interface TeacherTensors {
  readonly outputs: OutputTensors
  /** Inner values by their names in the teacher, batch first. */
  readonly layers: NamedTensorMap
}

/** One output of a teacher. */
export interface TeacherOutput {
  /** Without the batch. */
  readonly shape: readonly number[]
  /** As `OutputTensor` has it. */
  readonly isLogits: boolean
}

/** How pixels of 0 to 1 became a network's inputs: `(pixel - mean) / standardDeviation`, one number or one for each channel. */
export interface InputNormalization {
  readonly mean: number | readonly number[]
  readonly standardDeviation: number | readonly number[]
}

export interface Teacher {
  /** What errors and records call it: `the graph model 'teacher/model.json'`. */
  readonly title: string
  /** `[height, width, channels]` of the pictures that it takes. */
  readonly input: readonly number[]
  /** How it was trained to see pictures. Default: as the student sees them. */
  readonly normalization?: InputNormalization
  /** By name. */
  readonly outputs: Readonly<Record<string, TeacherOutput>>
  /**
   * Shapes of inner values, without the batch, by their names.
   * @throws OptionError on a name that is none, naming those there are.
   */
  shapesOf(names: readonly string[]): Promise<Readonly<Record<string, readonly number[]>>>
  /** What its values depend on, as JSON: its structure and its weights. */
  fingerprint(): Promise<JsonValue>
  /**
   * What it gives for pictures, in inference. The caller disposes of the tensors.
   * @param images `[batch, height, width, channels]`, normalized as its own pictures are.
   * @param names Of inner values.
   */
  run(images: Tensor, names: readonly string[]): Promise<TeacherTensors>
  /** Frees what it holds. */
  dispose(): void
}

/** What decides kept values of a teacher, beside the number of the picture. */
export interface TeacherRowsKey {
  /** The fingerprint of the teacher. */
  readonly teacher: JsonValue
  /** Of the pictures, and of how they are prepared. */
  readonly data: JsonValue
  /** What computes the values: its name and its rounding. */
  readonly engine: string
  /** Names and shapes of a row's parts, in their order. */
  readonly layout: JsonValue
}

export interface TeacherRowsSize {
  /** Pictures that there are. */
  readonly pictures: number
  /** Values of one picture, float32. */
  readonly rowLength: number
}

/** Values of a fixed teacher, a row for each picture of a data set, kept from one epoch and one run to the next. */
export interface TeacherRows {
  /** Where they are: a file. */
  readonly place: string
  /** Bytes once all rows are there. */
  readonly bytes: number
  /** Rows that are there. */
  readonly kept: number
  /**
   * Reads rows one after the other.
   * @param pictures Their numbers.
   * @param into `[pictures, rowLength]`
   * @returns the places in `pictures` of those that are not kept yet.
   * @throws FileError if they cannot be read.
   */
  read(pictures: ArrayLike<number>, into: Float32Array): Promise<number[]>
  /** Keeps rows. A kill at any instant leaves the ones before. @throws FileError if they cannot be written. */
  write(pictures: ArrayLike<number>, rows: Float32Array): Promise<void>
  close(): Promise<void>
}

/** Where values of fixed teachers are kept. */
export interface TeacherCache {
  /** The rows of one key; those that were kept before are there. @throws FileError if there is no place for them. */
  open(key: TeacherRowsKey, size: TeacherRowsSize): Promise<TeacherRows>
}
