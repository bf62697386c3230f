import type { Plugin } from '@onebit/core'
import { heatmapsHead } from './heatmaps-head.ts'
import { pose } from './pose-task.ts'

export * from './deployment.ts'
export { type HeatmapsHeadOptions, heatmapsHead } from './heatmaps-head.ts'
export { adaptiveWing } from './losses/adaptive-wing.ts'
export { meanSquaredError } from './losses/mean-squared-error.ts'
export { sigmoidCrossEntropy } from './losses/sigmoid-cross-entropy.ts'
export { spatialDivergence } from './losses/spatial-divergence.ts'
export { pose } from './pose-task.ts'

/** The task of this package and its head, for `createRegistry`. */
const plugins: readonly Plugin[] = [pose, heatmapsHead]
export default plugins
