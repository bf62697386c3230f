/** Teachers in the form of recipes, `"real"` or `{ "run": "runs/x" }`, before anything is opened. */
import { OptionError } from '@onebit/core'
import { type StageOptions, TEACHER_FIELDS } from '@onebit/train'
import type { RecipeTeacher } from './recipe.ts'

export interface NamedTeacher {
  readonly kind: keyof typeof TEACHER_FIELDS
  /** The name of the stage, or a path. */
  readonly value: string
}

/** @throws OptionError on a record that does not have exactly one key. */
export function namedTeacher(teacher: RecipeTeacher): NamedTeacher {
  if (typeof teacher === 'string') return { kind: 'stage', value: teacher }
  const given = Object.entries(teacher)
  const [[kind, value] = []] = given
  if (given.length === 1 && kind && value) return { kind: kind as NamedTeacher['kind'], value }
  throw new OptionError({
    option: 'teacher',
    what: 'A teacher has exactly one key.',
    expected: `one of ${Object.keys(TEACHER_FIELDS).join(', ')}`,
    received: Object.keys(teacher).join(' and ') || 'an empty record',
  })
}

/** A stand-in for a teacher, with which a plan is checked. Files are opened later. */
export function plannedTeacher(teacher: RecipeTeacher): StageOptions['teacher'] {
  const { kind, value } = namedTeacher(teacher)
  return kind === 'stage' ? value : { run: value }
}
