/** The teacher of a stage. For the pictures of a step, its outputs are computed, or read from storage. */
import { OptionError, type Teacher, type TeacherCache, type TeacherRows, type TeacherTensors } from '@onebit/core'
import type { BatchSource } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { TrainListener } from '../events.ts'
import { inputConversion } from './input-conversion.ts'
import { formatBytes, keepRows } from './keep-rows.ts'
import { ModelTeacher } from './model-teacher.ts'
import { disposeTensors, RowLayout } from './row-layout.ts'

export interface StageTeacherOptions {
  readonly teacher: Teacher
  /** Names of the inner features that distillers read. */
  readonly names: readonly string[]
  readonly source: BatchSource
  readonly mixUp: number
  readonly cache?: TeacherCache
  /** Name of the engine. */
  readonly engine: string
  /** Name of the stage. */
  readonly stage: string
  readonly emit: TrainListener
}

/** @throws OptionError on a teacher whose pictures have another size. */
function checkInput({ title: name, input }: Teacher, { shape }: BatchSource, stage: string): void {
  if (input.every((side, axis) => side === null || side === shape[axis])) return
  throw new OptionError({
    option: 'teacher',
    what: `Stage '${stage}' cannot follow ${name}, which takes other pictures.`,
    expected: `a teacher with pictures of ${shape.join('x')}`,
    received: `a teacher with pictures of ${input.join('x')}`,
    fix: 'Use a teacher with that input size, or pictures of its size.',
  })
}

export class StageTeacher {
  readonly layout: RowLayout
  readonly #options: StageTeacherOptions
  readonly #convert?: (images: tf.Tensor) => tf.Tensor
  #rows?: TeacherRows
  /** True once the run was told that pictures have no numbers. */
  #isUnnumbered = false

  private constructor(options: StageTeacherOptions, layout: RowLayout) {
    const { teacher, source } = options
    this.layout = layout
    this.#options = options
    this.#convert = inputConversion(source.normalization, teacher.normalization, source.shape[2])
  }

  /**
   * @throws OptionError on an inner feature that the teacher lacks, listing the known ones, and on pictures of another size;
   *   FileError if outputs cannot be stored.
   */
  static async open(options: StageTeacherOptions): Promise<StageTeacher> {
    const { teacher, names, source, stage, cache, emit } = options
    checkInput(teacher, source, stage)
    const layout = RowLayout.of(teacher.outputs, await teacher.shapesOf(names))
    const opened = new StageTeacher(options, layout)
    if (!cache) return opened
    const rows = await keepRows({ ...options, cache, layout })
    if ('reason' in rows) {
      const message = `The outputs of the teacher of stage '${stage}' are computed in every step and not stored, because ${rows.reason}.`
      emit({ type: 'warning', message })
      return opened
    }
    opened.#rows = rows
    const { place, bytes, kept } = rows
    const size = `${formatBytes(bytes)} in '${place}', with ${kept} pictures so far`
    emit({ type: 'note', message: `The outputs of the teacher of stage '${stage}' are computed once and stored: ${size}.` })
    return opened
  }

  /** The model that threads can run themselves. Absent if this thread has to run the teacher or read its stored outputs. */
  get model(): LayersModel | undefined {
    const { teacher } = this.#options
    return teacher instanceof ModelTeacher && !this.#convert && !this.#rows ? teacher.model : undefined
  }

  /**
   * The outputs for training pictures. The caller disposes of them.
   * @param pictures The numbers of the pictures.
   */
  async tensors(images: tf.Tensor, pictures?: ArrayLike<number>): Promise<TeacherTensors> {
    if (!this.#isKept(pictures)) return this.compute(images)
    return this.layout.tensors(await this.rows(() => images, pictures))
  }

  /**
   * The same as rows `[batch, length]`.
   * @param images Called only if the images are needed. The caller disposes of them.
   */
  async rows(images: () => tf.Tensor, pictures?: ArrayLike<number>): Promise<Float32Array> {
    if (!this.#isKept(pictures)) return this.#packed(images())
    const rows = new Float32Array(pictures.length * this.layout.length)
    const missing = await this.#rows!.read(pictures, rows)
    if (missing.length === 0) return rows
    const { length } = this.layout
    const chosen = tf.tidy(() => (missing.length === pictures.length ? tf.clone(images()) : tf.gather(images(), missing)))
    const computed = await this.#packed(chosen).finally(() => chosen.dispose())
    for (const [row, place] of missing.entries()) rows.set(computed.subarray(row * length, (row + 1) * length), place * length)
    await this.#rows!.write(
      missing.map((place) => pictures[place]),
      computed,
    )
    return rows
  }

  async #packed(images: tf.Tensor): Promise<Float32Array> {
    const given = await this.compute(images)
    return this.layout.pack(given).finally(() => disposeTensors(given))
  }

  #isKept(pictures: ArrayLike<number> | undefined): pictures is ArrayLike<number> {
    if (!this.#rows || pictures) return this.#rows !== undefined
    if (!this.#isUnnumbered) {
      const { stage, emit } = this.#options
      const message = `The outputs of the teacher of stage '${stage}' cannot be stored, because its source does not number its pictures.`
      emit({ type: 'warning', message })
      this.#isUnnumbered = true
    }
    return false
  }

  /** The outputs for any pictures, with the student's normalization. The caller disposes of them. */
  async compute(images: tf.Tensor): Promise<TeacherTensors> {
    const { teacher, names } = this.#options
    if (!this.#convert) return teacher.run(images, names)
    const converted = this.#convert(images)
    return teacher.run(converted, names).finally(() => converted.dispose())
  }

  async close(): Promise<void> {
    await this.#rows?.close()
  }
}
