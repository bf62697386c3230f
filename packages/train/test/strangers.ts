/** A third party's package for training threads: a task with its loss, and a distiller. */
import { adaptedFeatures } from './adapted-features.ts'
import { brightness } from './toy-tasks.ts'

export default [[brightness], adaptedFeatures]
