/** The interpreter of examples/model-file-interpreter, which is plain JavaScript, with types. */
import type { DataType } from '@onebit/core'

interface InterpretedModel {
  readonly inputs: readonly { readonly name: string; readonly type: DataType; readonly shape: readonly number[] }[]
}

export type Values = Float32Array | Int32Array | Int8Array

export interface Interpreter {
  readModel(bytes: Uint8Array, limits?: Readonly<Record<string, number>>): InterpretedModel
  run(model: InterpretedModel, inputs: Readonly<Record<string, Values>>, batch: number): Record<string, Values>
}

const path = new URL('../../examples/model-file-interpreter/interpreter.mjs', import.meta.url).href

export const interpreter = (await import(path)) as Interpreter
