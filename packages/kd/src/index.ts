import type { Plugin } from '@onebit/core'
import { attentionMatching } from './distillers/attention-matching.ts'
import { featureMatching } from './distillers/feature-matching.ts'
import { logitMatching } from './distillers/logit-matching.ts'
import { softLabels } from './distillers/soft-labels.ts'

export { fixed } from './distillers/fixed.ts'
export { type FrozenTeacherOptions, frozenTeacher } from './teachers/frozen-teacher.ts'
export { type GraphModelLike, type GraphModelTeacherOptions, graphModelTeacher } from './teachers/graph-model-teacher.ts'
export { attentionMatching, featureMatching, logitMatching, softLabels }

/** Every distiller of this package, for `createRegistry`. */
const plugins: readonly Plugin[] = [softLabels, logitMatching, attentionMatching, featureMatching]
export default plugins
