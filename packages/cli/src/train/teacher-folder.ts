/** The folder in which a run stores the outputs of its teachers. */
import { dirname, join } from 'node:path'
import { teacherCache } from '@onebit/kd/node'
import type { StageOptions } from '@onebit/train'

/** Runs in the same folder share it. */
const NAME = 'teacher-outputs'

/** Replaces `cacheTeacher` of the stages, which a recipe sets to `true` or a folder. @param out The run folder. */
export function withTeacherCaches(stages: readonly StageOptions[], out: string): StageOptions[] {
  return stages.map(({ cacheTeacher, ...stage }) => {
    const written = cacheTeacher as boolean | string | undefined
    if (!written) return stage
    return { ...stage, cacheTeacher: teacherCache(typeof written === 'string' ? written : join(dirname(out), NAME)) }
  })
}
