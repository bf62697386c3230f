// biome-ignore-all assist/source/organizeImports: the order of exports is the order of the functions in the module.
// The exports of wasm/kernels.wasm. Pointers are byte addresses in the imported memory.
export { setImages, setOutputs, setWindow } from './geometry'
export { convolutionFilterGradient, convolutionFilterGradientScratch } from './convolution-filter-gradient'
export { convolutionInputGradient, convolutionInputGradientScratch } from './convolution-input-gradient'
export { depthwiseFilterGradient, depthwiseGradientScratch, depthwiseInputGradient } from './depthwise-gradients'
export { averagePoolGradient, maxPoolGradient, poolGradientScratch } from './pool-gradients'
export { sums, sumsScratch } from './sums'
export { moments, momentsScratch } from './moments'
export {
  batchNormalization,
  batchNormalizationGradient,
  batchNormalizationGradientScratch,
  batchNormalizationScratch,
} from './batch-normalization'
export { normalizationSums, normalizationSumsScratch } from './normalization-sums'
export { compare, maximum, minimum, select, sign, splat } from './elementwise'
export { segmentSum } from './segment-sum'
export { tileBlocks } from './tile'
export { copyRows } from './copy-rows'
export { adamStep } from './adam'
