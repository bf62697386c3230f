/**
 * The kernels. Each works on one sample. The caller plans every buffer, so nothing here allocates.
 *
 * Three rules hold for every pointer argument:
 * - float32 and int32 buffers start on 16 bytes and have a length rounded up to 16 bytes, so a loop may read and write
 *   whole vectors past the last value;
 * - bits are rows along the last axis, each padded with zeros to whole bytes, bit `i & 7` of byte `i >> 3`;
 * - 64 readable bytes follow every buffer, some of them other buffers.
 */
export * from './activation'
export * from './affine'
export * from './binary-depthwise'
export * from './bits'
export * from './broadcast'
export { writeConstants } from './constants'
export * from './copy'
export { storeAccumulators, storeFloats } from './epilogue'
export * from './float-conv'
export * from './float-depthwise'
export * from './generated/table-tiles'
export { integerConv16, scaleFactors } from './integer-conv'
export * from './interface-version'
export * from './mean'
export * from './pack-counts'
export * from './pair-map'
export { buildPanel } from './panel'
export { thresholdPairs } from './panel-threshold'
export * from './pool'
export * from './popcount-conv'
export { chooseScaling, quantizeRows16 } from './quantize'
export * from './resize'
export * from './softmax'
export { writeTables } from './tables'
export * from './threshold'
