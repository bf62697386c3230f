export { type Affine, IDENTITY } from './contracts/affine.ts'
export * from './contracts/block.ts'
export type * from './contracts/gpu.ts'
export * from './contracts/head.ts'
export * from './contracts/kernel-backend.ts'
export * from './contracts/loss.ts'
export * from './contracts/network.ts'
export * from './contracts/plugin.ts'
export * from './contracts/quantizer.ts'
export { checkInputs } from './contracts/run-inputs.ts'
export * from './contracts/task.ts'
export * from './contracts/teacher.ts'
export * from './contracts/thresholds.ts'
export {
  CONVENTIONS,
  type Convention,
  convention,
  type Operations,
  STANDARD_CONVENTION,
  storedParameters,
} from './cost/conventions.ts'
export { type Cost, costOf, type TotalCost } from './cost/cost.ts'
export type { ModelParameters, StoredParameters } from './cost/model-parameters.ts'
export * from './errors.ts'
export { packSigns, unpackSigns } from './graph/bits.ts'
export * from './graph/graph.ts'
export { GraphBuilder, type NodeOptions } from './graph/graph-builder.ts'
export { inferTypes, packedLength } from './graph/infer-types.ts'
export {
  type BinaryConvolutionAttributes,
  type ConvolutionAttributes,
  type Padding,
  type PaddingValue,
  type Pair,
  type TransposedConvolutionAttributes,
  windowPositions,
} from './graph/ops/convolution.ts'
export { OP_NAMES, type OpAttributes, type OpName } from './graph/ops/index.ts'
export { ACTIVATION_FUNCTIONS, type ActivationFunction, broadcastShapes } from './graph/ops/pointwise.ts'
export { type TypedGraph, typeGraph } from './graph/typed-graph.ts'
export { withOutputs } from './graph/with-outputs.ts'
export { DEFAULT_LIMITS, type ModelLimits } from './model-file/model-limits.ts'
export { readModel } from './model-file/read-model.ts'
export { saveModel, writeFileAtomically } from './model-file/save-model.ts'
export { sha256 } from './model-file/sha256.ts'
export { modelFileSize, writeModel } from './model-file/write-model.ts'
export {
  checkArgument,
  checkArguments,
  checkKeys,
  checkOption,
  checkOptions,
  checkOptionValues,
  checkRecord,
} from './options/check-options.ts'
export { describeValue } from './options/describe-value.ts'
export { nearestNames } from './options/nearest-names.ts'
export * from './options/option-rules.ts'
export type { Fault, ValueRule, ValueRules } from './options/value-rules.ts'
export * as rules from './options/value-rules.ts'
export { fileError } from './platform/node-builtins.ts'
export { bytesOf, tagOf } from './platform/realms.ts'
export type { Web, WebSignal } from './platform/web-types.ts'
export { ACTIVATIONS } from './reference/pointwise.ts'
export { reference } from './reference/reference-backend.ts'
export { referenceBackend } from './reference/reference-plugin.ts'
export { nearestPositions } from './reference/resize-positions.ts'
export { createRegistry, type PluginKinds, type PluginList, type Reference, type Registry } from './registry.ts'
export { auto, type BackendChoice } from './runtime/auto.ts'
export { autoBackend } from './runtime/auto-plugin.ts'
export { checkBackend } from './runtime/check-backend.ts'
export { compileGraph, explainGraph, type LoadedNetwork, type LoadOptions, load, readModelFile } from './runtime/load.ts'
export { parseMetadata, readNames, refuseMetadata } from './runtime/metadata-fields.ts'
export { type ModelSource, type ReadOptions, readSource } from './runtime/read-source.ts'
export { splitOutputs } from './runtime/split-outputs.ts'
export { decodeJson, decodeText } from './text/read-json.ts'
export { visibleText } from './text/visible-text.ts'
export type { MultiplyAccumulates, NodeCost } from './work/node-cost.ts'
