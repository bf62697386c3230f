import type { Plugin } from '@onebit/core'
import { classificationHead } from './classification-head.ts'
import { resnetSmall } from './resnet-small.ts'
import { resnet18 } from './resnet18.ts'

export { argMax, type Evaluation, evaluate, type LabeledBatch, type Scorer } from './accuracy.ts'
export { classificationHead } from './classification-head.ts'
export { type ClassifierOptions, classifier } from './classifier.ts'
export { residualStages, type Stage } from './residual-stages.ts'
export { type ResnetSmallOptions, resnetSmall } from './resnet-small.ts'
export { type Resnet18Options, resnet18 } from './resnet18.ts'

/** Every network and head of this package, for `createRegistry`. */
const plugins: readonly Plugin[] = [resnetSmall, resnet18, classificationHead]
export default plugins
