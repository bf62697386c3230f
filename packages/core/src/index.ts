export { type Affine, IDENTITY } from './contracts/affine.ts'
export * from './contracts/block.ts'
export * from './contracts/head.ts'
export * from './contracts/kernel-backend.ts'
export * from './contracts/loss.ts'
export { nearestNames } from './contracts/nearest-names.ts'
export * from './contracts/network.ts'
export * from './contracts/option-rules.ts'
export * from './contracts/plugin.ts'
export * from './contracts/quantizer.ts'
export * from './contracts/task.ts'
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
export type { MultiplyAccumulates, NodeCost } from './cost/node-cost.ts'
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
export {
  AveragePrecision,
  type AveragePrecisionOptions,
  COCO_THRESHOLDS,
  type RankedPicture,
  type Truth,
} from './metrics/average-precision.ts'
export { readModel } from './model-file/read-model.ts'
export { saveModel, writeFileAtomically } from './model-file/save-model.ts'
export { sha256 } from './model-file/sha256.ts'
export { modelFileSize, writeModel } from './model-file/write-model.ts'
export { mergeAffineThreshold } from './passes/merge-affine-threshold.ts'
export { removeUnused } from './passes/remove-unused.ts'
export { ACTIVATIONS } from './reference/pointwise.ts'
export { reference } from './reference/reference-backend.ts'
export { referenceBackend } from './reference/reference-plugin.ts'
export { createRegistry, type PluginKinds, type PluginList, type Reference, type Registry } from './registry.ts'
export { checkInputs } from './runtime/inputs.ts'
export { compileGraph, type LoadedNetwork, type LoadOptions, load, readModelFile } from './runtime/load.ts'
export { fileError } from './runtime/node-builtins.ts'
export {
  type PictureMetadata,
  type PixelNormalization,
  type PixelPreparation,
  parseMetadata,
  readNames,
  readPictureMetadata,
  refuseMetadata,
  taskMetadata,
} from './runtime/picture-metadata.ts'
export { type ModelSource, type ReadOptions, readSource } from './runtime/read-source.ts'
