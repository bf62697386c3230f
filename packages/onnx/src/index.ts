export { encodeOnnx, OPERATOR_SET } from './encode-onnx.ts'
export { graphToOnnx, type OnnxOptions } from './graph-to-onnx.ts'
export type { OnnxAttribute, OnnxModel, OnnxNode, OnnxResult, OnnxTensor, OnnxTensorData, OnnxValue } from './onnx-model.ts'
