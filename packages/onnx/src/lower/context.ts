/** The context for lowering one node of a graph. */
import type { GraphTensor, OpAttributes, OpName } from '@onebit/core'
import type { OnnxWriter } from './onnx-writer.ts'

export interface NodeContext {
  /** The required name of the result. It is already claimed. */
  readonly name: string
  readonly inputs: readonly string[]
  /** The shapes of the inputs and of the result, without the batch, channels last. */
  readonly shapes: readonly (readonly number[])[]
  readonly shape: readonly number[]
  readonly writer: OnnxWriter
  /** For each input, true if it depends only on constants. Then its batch is 1, whatever that of the model. */
  readonly constant: readonly boolean[]
  /** The node's tensor of that role. */
  tensor(role: string): GraphTensor | undefined
}

export interface LoweringContext<Op extends OpName> extends NodeContext {
  readonly attributes: OpAttributes[Op]
}
