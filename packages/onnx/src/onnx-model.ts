/** An ONNX model as plain data: what passes over it read and change, and what `encodeOnnx` writes. */

export type OnnxTensorData = Float32Array | Int8Array | Uint8Array | Int32Array | BigInt64Array

/** A constant. Its element type is that of its array. */
export interface OnnxTensor {
  readonly shape: readonly number[]
  readonly data: OnnxTensorData
}

/** One of the kinds of attribute that operators of networks take; ONNX tells an integer from a real one that happens to be whole. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string }

export interface OnnxNode {
  /** The operator, as ONNX spells it. */
  readonly op: string
  /** Names of inputs, constants or earlier outputs. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/** A float32 value at the border of the model. The first axis is the batch, of any size, and not in `shape`. */
export interface OnnxValue {
  readonly name: string
  readonly shape: readonly number[]
}

/** A result; readers infer a shape that is left out. */
export type OnnxResult = Pick<OnnxValue, 'name'> & Partial<OnnxValue>

export interface OnnxModel {
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxResult[]
  readonly nodes: readonly OnnxNode[]
  readonly constants: ReadonlyMap<string, OnnxTensor>
}
