export type { Executable, KernelBackend, NodeExplanation, RunOptions, RunOutput, Support } from './contracts/kernel-backend.ts'
export * from './errors.ts'
export { packSigns, unpackSigns } from './graph/bits.ts'
export * from './graph/graph.ts'
export { GraphBuilder, type NodeOptions } from './graph/graph-builder.ts'
export { inferTypes, packedLength } from './graph/infer-types.ts'
export type {
  BinaryConvolutionAttributes,
  ConvolutionAttributes,
  Padding,
  PaddingValue,
  Pair,
  TransposedConvolutionAttributes,
} from './graph/ops/convolution.ts'
export { windowPositions } from './graph/ops/convolution.ts'
export { OP_NAMES, type OpAttributes, type OpName } from './graph/ops/index.ts'
export { ACTIVATION_FUNCTIONS, type ActivationFunction, broadcastShapes } from './graph/ops/pointwise.ts'
export { reference } from './reference/reference-backend.ts'
export { checkInputs } from './runtime/inputs.ts'
