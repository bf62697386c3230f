/** An ONNX model as plain data. Passes read and change it, and `encodeOnnx` writes it. */

export type OnnxTensorData = Float32Array | Int8Array | Uint8Array | Int32Array | BigInt64Array

/** A constant. Its element type is that of its array. */
export interface OnnxTensor {
  readonly shape: readonly number[]
  readonly data: OnnxTensorData
}

/** An attribute of an operator. ONNX distinguishes an integer from a real number that happens to be whole. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string }

export interface OnnxNode {
  /** ONNX's name of the operator. */
  readonly op: string
  /** Names of inputs, constants or earlier outputs. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/** A float32 input or output of the model. The first axis is the batch, of any size, and not in `shape`. */
export interface OnnxValue {
  readonly name: string
  readonly shape: readonly number[]
}

/** A result. Readers infer a missing shape. */
export type OnnxResult = Pick<OnnxValue, 'name'> & Partial<OnnxValue>

export interface OnnxModel {
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxResult[]
  readonly nodes: readonly OnnxNode[]
  readonly constants: ReadonlyMap<string, OnnxTensor>
}
