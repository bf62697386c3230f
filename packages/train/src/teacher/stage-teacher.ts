/** The teacher of a stage: what it gives for the pictures of a step, computed, or read where it was kept. */
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
  /** Names of the inner values that distillers read. */
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

/** @throws OptionError on a teacher of pictures of another size. */
function checkInput({ title: name, input }: Teacher, { shape }: BatchSource, stage: string): void {
  if (input.every((side, axis) => side === null || side === shape[axis])) return
  throw new OptionError({
    option: 'teacher',
    what: `Stage '${stage}' cannot follow ${name}, which takes other pictures.`,
    expected: `a teacher of pictures of ${shape.join('x')}`,
    received: `one of ${input.join('x')}`,
    fix: 'Take a teacher of that input, or pictures of its size.',
  })
}

export class StageTeacher {
  readonly layout: RowLayout
  readonly #options: StageTeacherOptions
  readonly #convert?: (images: tf.Tensor) => tf.Tensor
  #rows?: TeacherRows
  /** Whether the run was told that pictures have no numbers. */
  #isUnnumbered = false

  private constructor(options: StageTeacherOptions, layout: RowLayout) {
    const { teacher, source } = options
    this.layout = layout
    this.#options = options
    this.#convert = inputConversion(source.normalization, teacher.normalization, source.shape[2])
  }

  /**
   * @throws OptionError on an inner value that the teacher has not, naming those there are, and on pictures of another size; FileError if
   * values cannot be kept.
   */
  static async open(options: StageTeacherOptions): Promise<StageTeacher> {
    const { teacher, names, source, stage, cache, emit } = options
    checkInput(teacher, source, stage)
    const layout = RowLayout.of(teacher.outputs, await teacher.shapesOf(names))
    const opened = new StageTeacher(options, layout)
    if (!cache) return opened
    const rows = await keepRows({ ...options, cache, layout })
    if ('reason' in rows) {
      const message = `What the teacher of stage '${stage}' gives is computed in every step and not kept: ${rows.reason}.`
      emit({ type: 'warning', message })
      return opened
    }
    opened.#rows = rows
    const { place, bytes, kept } = rows
    const size = `${formatBytes(bytes)} in '${place}', ${kept} pictures of which are there`
    emit({ type: 'note', message: `What the teacher of stage '${stage}' gives is computed once and kept: ${size}.` })
    return opened
  }

  /** The model that threads can run themselves; absent where this thread has to ask or to look. */
  get model(): LayersModel | undefined {
    const { teacher } = this.#options
    return teacher instanceof ModelTeacher && !this.#convert && !this.#rows ? teacher.model : undefined
  }

  /**
   * What it gives for pictures that are trained on. The caller disposes of it.
   * @param pictures Their numbers.
   */
  async tensors(images: tf.Tensor, pictures?: ArrayLike<number>): Promise<TeacherTensors> {
    if (!this.#isKept(pictures)) return this.compute(images)
    return this.layout.tensors(await this.rows(() => images, pictures))
  }

  /**
   * The same as rows `[batch, length]`.
   * @param images Made only where they are needed, and disposed of by the caller.
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
      const message = `What the teacher of stage '${stage}' gives is not kept after all: its source does not number its pictures.`
      emit({ type: 'warning', message })
      this.#isUnnumbered = true
    }
    return false
  }

  /** What it gives for any pictures, as the student sees them. The caller disposes of it. */
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
