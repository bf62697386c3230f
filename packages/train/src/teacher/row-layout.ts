/** All outputs of a teacher for one picture, as one row of floats. Rows are stored on disk and exchanged between threads. */
import type { JsonValue, TeacherOutput, TeacherTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** A part of a row. It is plain data, so that threads can receive it. */
export interface RowPart {
  readonly name: string
  /** Without the batch. */
  readonly shape: readonly number[]
  /** For outputs only. Inner features have none. */
  readonly isLogits?: boolean
}

const sizeOf = ({ shape }: RowPart): number => shape.reduce((product, side) => product * side, 1)

export class RowLayout {
  readonly parts: readonly RowPart[]
  /** Number of values in a row. */
  readonly length: number

  constructor(parts: readonly RowPart[]) {
    this.parts = parts
    this.length = parts.reduce((sum, part) => sum + sizeOf(part), 0)
  }

  static of(outputs: Readonly<Record<string, TeacherOutput>>, layers: Readonly<Record<string, readonly number[]>>): RowLayout {
    return new RowLayout([
      ...Object.entries(outputs).map(([name, { shape, isLogits }]) => ({ name, shape, isLogits })),
      ...Object.entries(layers).map(([name, shape]) => ({ name, shape })),
    ])
  }

  get json(): JsonValue {
    return JSON.parse(JSON.stringify(this.parts)) as JsonValue
  }

  /** Shape of an inner feature, without the batch. */
  shapeOf(layer: string): readonly number[] {
    return this.parts.find(({ name, isLogits }) => name === layer && isLogits === undefined)!.shape
  }

  /** Rows of a batch, `[batch, length]`. Reads the tensors. */
  async pack({ outputs, layers }: TeacherTensors): Promise<Float32Array> {
    const values = await Promise.all(
      this.parts.map(({ name, isLogits }) => (isLogits === undefined ? layers[name] : outputs[name].tensor).data()),
    )
    const [first] = this.parts
    const count = values[0].length / sizeOf(first)
    const rows = new Float32Array(count * this.length)
    let begin = 0
    for (const [index, part] of this.parts.entries()) {
      const size = sizeOf(part)
      for (let row = 0; row < count; row++) {
        rows.set(values[index].subarray(row * size, (row + 1) * size), row * this.length + begin)
      }
      begin += size
    }
    return rows
  }

  /** The tensors of rows `[batch, length]`. */
  tensors(rows: Float32Array): TeacherTensors {
    const count = rows.length / this.length
    const outputs: Record<string, { tensor: tf.Tensor; isLogits: boolean }> = {}
    const layers: Record<string, tf.Tensor> = {}
    let begin = 0
    for (const part of this.parts) {
      const size = sizeOf(part)
      const values = new Float32Array(count * size)
      for (let row = 0; row < count; row++) {
        const from = row * this.length + begin
        values.set(rows.subarray(from, from + size), row * size)
      }
      const tensor = tf.tensor(values, [count, ...part.shape], 'float32')
      if (part.isLogits === undefined) layers[part.name] = tensor
      else outputs[part.name] = { tensor, isLogits: part.isLogits }
      begin += size
    }
    return { outputs, layers }
  }
}

/** Frees the tensors of a teacher. */
export function disposeTensors(given: TeacherTensors | undefined): void {
  if (!given) return
  tf.dispose([...Object.values(given.outputs).map(({ tensor }) => tensor), ...Object.values(given.layers)])
}
