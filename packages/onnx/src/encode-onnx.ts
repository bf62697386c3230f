/** Encodes an ONNX model as the bytes of its file. */

import { checkArgument, checkArguments, rules, tagOf } from '@onebit/core'
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxResult, OnnxTensor, OnnxTensorData } from './onnx-model.ts'
import { ModelProto } from './onnx-schema.ts'

/** The version of the operators in models of `graphToOnnx`. The file format is of the same time. */
export const OPERATOR_SET = 17
const IR_VERSION = 8

const FLOAT32 = 1
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const

function elementType(data: OnnxTensorData): number {
  if (data instanceof Float32Array) return FLOAT32
  if (data instanceof Uint8Array) return 2
  if (data instanceof Int8Array) return 3
  if (data instanceof Int32Array) return 6
  return 7
}

function attributeMessage([name, value]: [string, OnnxAttribute]): object {
  if ('int' in value) return { name, type: ATTRIBUTE_TYPES.int, i: value.int }
  if ('float' in value) return { name, type: ATTRIBUTE_TYPES.float, f: value.float }
  if ('ints' in value) return { name, type: ATTRIBUTE_TYPES.ints, ints: value.ints }
  return { name, type: ATTRIBUTE_TYPES.string, s: new TextEncoder().encode(value.string) }
}

function nodeMessage({ op, inputs, outputs, attributes }: OnnxNode): object {
  const attribute = Object.entries(attributes).map(attributeMessage)
  return { input: inputs, output: outputs, name: outputs[0], op_type: op, attribute }
}

/** Data is stored as raw little-endian bytes, the order of every JavaScript engine of today. */
function tensorMessage([name, { shape, data }]: [string, OnnxTensor]): object {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { name, dims: shape, data_type: elementType(data), raw_data: raw }
}

function valueMessage({ name, shape }: OnnxResult): object {
  const dimensions = shape && { shape: { dim: [{ dim_param: 'batch' }, ...shape.map((size) => ({ dim_value: size }))] } }
  return { name, type: { tensor_type: { elem_type: FLOAT32, ...dimensions } } }
}

const { integer, list, number, object, record, rule, text } = rules
const shape = list(integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const attributeRule = rules.either(
  object({ int: integer() }),
  object({ float: number({ minimum: Number.NEGATIVE_INFINITY, maximum: Number.POSITIVE_INFINITY }) }),
  object({ ints: list(integer()) }),
  object({ string: text }),
)
const nodeRule = object({ op: text, inputs: list(text), outputs: list(text, { minimum: 1 }), attributes: record(attributeRule) })
const ARRAYS = ['Float32Array', 'Uint8Array', 'Int8Array', 'Int32Array', 'BigInt64Array']
const tensorRule = object({ shape, data: rule(`one of ${ARRAYS.join(', ')}`, (value) => ARRAYS.includes(tagOf(value))) })
const modelRule = object({
  inputs: list(object({ name: text, shape })),
  outputs: list(object({ name: text }, { shape })),
  nodes: list(nodeRule),
  constants: rule('a Map of tensors by name', (value) => tagOf(value) === 'Map'),
})

/** @throws OptionError naming a part of the model that is missing or wrong. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  checkArgument('encodeOnnx()', 'model', model, modelRule)
  const { inputs, outputs, nodes, constants } = model
  for (const [name, tensor] of constants)
    checkArguments('encodeOnnx()', { name: [name, text], [`constants.get('${name}')`]: [tensor, tensorRule] })
  const graph = {
    name: 'onebit',
    node: nodes.map(nodeMessage),
    initializer: [...constants].map(tensorMessage),
    input: inputs.map(valueMessage),
    output: outputs.map(valueMessage),
  }
  const opset_import = [{ domain: '', version: OPERATOR_SET }]
  return ModelProto.encode({ ir_version: IR_VERSION, producer_name: 'onebit', graph, opset_import } as never).finish()
}
