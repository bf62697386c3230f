/** Where a run keeps what its teachers give. */
import { dirname, join } from 'node:path'
import { teacherCache } from '@onebit/kd/node'
import type { StageOptions } from '@onebit/train'

/** Runs beside each other share it. */
const NAME = 'teacher-outputs'

/** Stages whose `cacheTeacher` is what a recipe says: `true`, or a folder. @param out The run folder. */
export function withTeacherCaches(stages: readonly StageOptions[], out: string): StageOptions[] {
  return stages.map(({ cacheTeacher, ...stage }) => {
    const written = cacheTeacher as boolean | string | undefined
    if (!written) return stage
    return { ...stage, cacheTeacher: teacherCache(typeof written === 'string' ? written : join(dirname(out), NAME)) }
  })
}
