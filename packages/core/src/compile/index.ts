/**
 * Tools that every backend compiles with: passes over graphs that keep every bit, plans of units, each of which gets a kernel, and tables
 * for kernels. See docs/writing-a-backend.md.
 */

export { broadcastOffsets } from '../reference/broadcast-offsets.ts'
export { type BilinearPosition, bilinearPosition, nearestPosition } from '../reference/resize-positions.ts'
export { type NodeContext, runNode } from '../reference/run-node.ts'
export type { ReferenceValue } from '../reference/values.ts'
export { batchSamples } from './batch-samples.ts'
export type { CanFuse } from './can-fuse.ts'
export { type Consumers, findConsumers } from './consumers.ts'
export { explainNodes, type KernelExplanation } from './explain-nodes.ts'
export { type BinaryLayer, type BinaryNode, binaryLayerNodes, isBinary } from './fuse-binary-layers.ts'
export { isReal, type RealLayer, type RealNode, realLayerNodes } from './fuse-real-layers.ts'
export { cutIntoSubConvolutions, type SubConvolution, subConvolutionSize } from './geometry/sub-convolutions.ts'
export { convolutionGeometry, denseGeometry, type Geometry, transposedGeometry } from './geometry/window-geometry.ts'
export { type MergedGraph, mergeAffineThresholds } from './merge-affine-thresholds.ts'
export { type Lifetime, type MemoryLimits, type MemoryPlan, type PlannedBuffer, planMemory } from './plan-memory.ts'
export { type PlanOptions, planUnits, type Unit, type UnitPlan } from './plan-units.ts'
export { type Rectifier, rectifierNodes } from './rectifiers.ts'
export { removeUnused } from './remove-unused.ts'
export { type BitWeights, bitAt, bitsAt, bitWeights, pickBitTaps } from './weights/bit-weights.ts'
export { foldFollowers, integerObstacle, type StemConstants } from './weights/integer-stem.ts'
export {
  INT8,
  INT16,
  type IntegerFormat,
  type IntegerWeights,
  MOST_PRODUCTS,
  quantizeWeights,
  weightSums,
} from './weights/integer-weights.ts'
export { expandToChannels, interleaveGroups, padGroups, repeatToVectors } from './weights/per-channel.ts'
export { allFinite, isDepthwise, layOutBlocks, pickRealTaps, type RealWeights, realWeights } from './weights/real-weights.ts'
export { integerThreshold, layOutFirst, layOutThresholds, type ThresholdLayout } from './weights/thresholds.ts'
