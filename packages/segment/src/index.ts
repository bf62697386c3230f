import type { Plugin } from '@onebit/core'
import { segmentationHead } from './segmentation-head.ts'
import { segmentation } from './segmentation-task.ts'

export { crossEntropy } from './cross-entropy.ts'
export * from './deployment.ts'
export { type SegmentationHeadOptions, segmentationHead } from './segmentation-head.ts'
export { segmentation } from './segmentation-task.ts'

/** The task of this package and its head, for `createRegistry`. */
const plugins: readonly Plugin[] = [segmentation, segmentationHead]
export default plugins
