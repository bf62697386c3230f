import type { Plugin } from '@onebit/core'
import { classificationHead } from './classification-head.ts'
import { classification } from './classification-task.ts'
import { softmaxHead } from './softmax-head.ts'

export { type ClassificationHeadOptions, classificationHead } from './classification-head.ts'
export { classification } from './classification-task.ts'
export { type ClassifierOptions, classifier, composeClassifier } from './classifier.ts'
export { crossEntropy } from './cross-entropy.ts'
export * from './deployment.ts'
export { type SoftmaxHeadOptions, softmaxHead } from './softmax-head.ts'

/** The task of this package and its heads, for `createRegistry`. */
const plugins: readonly Plugin[] = [classification, classificationHead, softmaxHead]
export default plugins
