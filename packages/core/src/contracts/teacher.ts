/** Teachers are fixed functions of pictures. Distillers make a student follow them. TensorFlow.js appears as types only. */
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core'
import type { OutputTensors } from './loss.ts'
import type { JsonValue } from './task.ts'

/** A teacher's results for a batch of pictures. */
export interface TeacherTensors {
  readonly outputs: OutputTensors
  /** Inner values by their names in the teacher, batch first. */
  readonly layers: NamedTensorMap
}

/** One output of a teacher. */
export interface TeacherOutput {
  /** Shape without the batch. */
  readonly shape: readonly number[]
  /** Same meaning as in `OutputTensor`. */
  readonly isLogits: boolean
}

/** Turns pixels of 0 to 1 into a network's inputs: `(pixel - mean) / standardDeviation`, one number or one for each channel. */
export interface InputNormalization {
  readonly mean: number | readonly number[]
  readonly standardDeviation: number | readonly number[]
}

export interface Teacher {
  /** Name in errors and records: `the graph model 'teacher/model.json'`. */
  readonly title: string
  /** `[height, width, channels]` of its input pictures. */
  readonly input: readonly number[]
  /** Normalization that it was trained with. Default: that of the student. */
  readonly normalization?: InputNormalization
  /** Outputs by name. */
  readonly outputs: Readonly<Record<string, TeacherOutput>>
  /**
   * Shapes of inner values, without the batch, by their names.
   * @throws OptionError on an unknown name, listing the known ones.
   */
  shapesOf(names: readonly string[]): Promise<Readonly<Record<string, readonly number[]>>>
  /** JSON that determines its values: its structure and its weights. */
  fingerprint(): Promise<JsonValue>
  /**
   * Runs inference on pictures. The caller disposes of the tensors.
   * @param images `[batch, height, width, channels]`, with the teacher's normalization.
   * @param names Names of inner values.
   */
  run(images: Tensor, names: readonly string[]): Promise<TeacherTensors>
  /** Frees its memory. */
  dispose(): void
}

/** Together with the number of a picture, this key determines the kept values of a teacher. */
export interface TeacherRowsKey {
  /** The fingerprint of the teacher. */
  readonly teacher: JsonValue
  /** The fingerprint of the pictures and their preparation. */
  readonly data: JsonValue
  /** The engine that computes the values: its name and its rounding. */
  readonly engine: string
  /** Names and shapes of the parts of a row, in order. */
  readonly layout: JsonValue
}

export interface TeacherRowsSize {
  /** Number of pictures. */
  readonly pictures: number
  /** Number of float32 values of one picture. */
  readonly rowLength: number
}

/** Values of a fixed teacher, a row for each picture of a data set. They are kept between epochs and runs. */
export interface TeacherRows {
  /** Path of the file that holds them. */
  readonly place: string
  /** Bytes of the file with all rows. */
  readonly bytes: number
  /** Number of rows kept so far. */
  readonly kept: number
  /**
   * Reads rows one after the other.
   * @param pictures Numbers of the pictures.
   * @param into `[pictures, rowLength]`
   * @returns the places in `pictures` that have no row yet.
   * @throws FileError if they cannot be read.
   */
  read(pictures: ArrayLike<number>, into: Float32Array): Promise<number[]>
  /** Keeps rows. A kill at any instant leaves the earlier rows intact. @throws FileError if they cannot be written. */
  write(pictures: ArrayLike<number>, rows: Float32Array): Promise<void>
  close(): Promise<void>
}

/** A store for values of fixed teachers. */
export interface TeacherCache {
  /** The rows of one key, with those kept earlier. @throws FileError if there is no room for them. */
  open(key: TeacherRowsKey, size: TeacherRowsSize): Promise<TeacherRows>
}
