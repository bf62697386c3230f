/** Teachers in the form that stages use. */
import { nearestNames, OptionError, type OptionRules, type Teacher } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/**
 * The teacher of the distillers: the previous stage (`previous`) or an earlier one by its name, the model in a run folder, a
 * model that you pass, or any other function of pictures, such as those of `@onebit/kd`.
 */
export type TeacherReference = string | { readonly stage: string } | { readonly run: string } | LayersModel | Teacher

/** A resolved teacher. */
export type ResolvedTeacher =
  | { readonly kind: 'stage'; readonly name: string; readonly isPrevious: boolean }
  | { readonly kind: 'run'; readonly folder: string }
  | { readonly kind: 'model'; readonly model: LayersModel }
  | { readonly kind: 'given'; readonly teacher: Teacher }

const path = (description: string) => ({ type: 'text', optional: true, description }) as const

/** A teacher in the form of a recipe, `{ "run": "runs/x" }`, with one of these keys. */
export const TEACHER_FIELDS = {
  stage: path('an earlier stage'),
  run: path('the folder of a run'),
  layersModel: path('a folder or the model.json of a tf.LayersModel'),
  graphModel: path('a folder or the model.json of a tf.GraphModel'),
  frozen: path('a frozen file'),
} as const satisfies OptionRules

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** @param names The names of the earlier stages. */
export function resolveTeacher(given: unknown, names: readonly string[], title: string): ResolvedTeacher {
  const refuse = (expected: string, received: string, fix?: string): never => {
    throw new OptionError({ option: 'teacher', what: `${title} refuses its option 'teacher'.`, expected, received, fix })
  }
  const ofStage = (name: string): ResolvedTeacher => {
    const isPrevious = name === 'previous'
    const found = isPrevious ? names.at(-1) : names.find((known) => known === name)
    if (found !== undefined) return { kind: 'stage', name: found, isPrevious }
    if (names.length === 0) return refuse('a model or a run, because there is no earlier stage', name)
    const [nearest] = nearestNames(name, names)
    return refuse(['previous', ...names].join(', '), name, nearest && `Did you mean '${nearest}'?`)
  }
  if (typeof given === 'string') return ofStage(given)
  if (isObject(given)) {
    if (typeof given.run === 'function' && typeof given.fingerprint === 'function') {
      return { kind: 'given', teacher: given as unknown as Teacher }
    }
    if (typeof given.predict === 'function' && Array.isArray(given.layers)) {
      return { kind: 'model', model: given as unknown as LayersModel }
    }
    const [key, ...others] = Object.keys(given)
    if (others.length === 0 && key === 'stage' && typeof given.stage === 'string') return ofStage(given.stage)
    if (others.length === 0 && key === 'run' && typeof given.run === 'string') return { kind: 'run', folder: given.run }
  }
  return refuse(
    'the name of an earlier stage, { stage: name }, { run: folder }, a tf.LayersModel, or a teacher',
    isObject(given) ? `a record of ${Object.keys(given).join(', ') || 'nothing'}` : String(given),
    'Open files with frozenTeacher and graphModelTeacher of @onebit/kd, or readLayersModel of @onebit/kd/node.',
  )
}

/** The fields of a record that describes a teacher. */
export function describeTeacher(teacher: ResolvedTeacher): string | { readonly run: string } {
  switch (teacher.kind) {
    case 'stage':
      return teacher.isPrevious ? 'previous' : teacher.name
    case 'run':
      return { run: teacher.folder }
    case 'given':
      return teacher.teacher.title
    default:
      // TensorFlow.js numbers models through the whole process, so their names carry no information.
      return 'a model'
  }
}
