/** Teachers that no stage of the run trains: other runs, and teachers that the caller passes. */
import { OptionError, type Registry, type Teacher } from '@onebit/core'
import { registerLayers } from '@onebit/layers'
import type { RunHost } from '../host.ts'
import type { Plan } from '../plan.ts'
import { ModelTeacher } from './model-teacher.ts'

export class OutsideTeachers {
  /** By the name of the stage that follows the teacher. */
  readonly byStage: ReadonlyMap<string, Teacher>
  readonly #loaded: readonly Teacher[]

  private constructor(byStage: ReadonlyMap<string, Teacher>, loaded: readonly Teacher[]) {
    this.byStage = byStage
    this.#loaded = loaded
  }

  /**
   * Loads each run once. The engine must have started.
   * @param registry The registry with the quantizers of binary teachers in run folders.
   * @throws RunError if a folder holds no run; OptionError if there are no run folders.
   */
  static async load({ stages }: Plan, { loadRun }: RunHost, registry: Registry | undefined): Promise<OutsideTeachers> {
    const byStage = new Map<string, Teacher>()
    const runs = new Map<string, Teacher>()
    const open = async (folder: string): Promise<Teacher> => {
      const known = runs.get(folder)
      if (known) return known
      if (!loadRun) {
        throw new OptionError({ option: 'teacher', what: 'Run folders exist only in Node.', fix: 'Pass the model itself.' })
      }
      if (registry) registerLayers(registry)
      const { model, normalization } = await loadRun(folder)
      const teacher = new ModelTeacher(model, { title: `the run '${folder}'`, normalization, owned: true })
      runs.set(folder, teacher)
      return teacher
    }
    try {
      for (const { name, teacher } of stages) {
        if (teacher?.kind === 'run') byStage.set(name, await open(teacher.folder))
        else if (teacher?.kind === 'model') byStage.set(name, new ModelTeacher(teacher.model, { title: 'the given model' }))
        else if (teacher?.kind === 'given') byStage.set(name, teacher.teacher)
      }
    } catch (error) {
      for (const teacher of runs.values()) teacher.dispose()
      throw error
    }
    return new OutsideTeachers(byStage, [...runs.values()])
  }

  /** Frees the loaded teachers. Teachers that the caller passed stay. */
  dispose(): void {
    for (const teacher of this.#loaded) teacher.dispose()
  }
}
