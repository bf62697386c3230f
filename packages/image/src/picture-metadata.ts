/** Writes and reads the metadata that the files of all tasks share: the data set, the preparation of pictures, the recipe. */
import {
  type AnyFacts,
  checkArguments,
  checkOptions,
  type JsonValue,
  OptionError,
  parseMetadata,
  refuseMetadata,
  rules,
  type TaskRuntime,
  type ValueRules,
} from '@onebit/core'
import * as argument from './argument-rules.ts'
import type { Normalization } from './normalization.ts'
import { isPreparationStep, type Preparation, preparationOf } from './preparation.ts'

/** The metadata of a file. Fields that the file lacks are absent. */
export interface PictureMetadata {
  /** The name of the data set of the training. */
  readonly dataset?: string
  readonly normalization?: Normalization
  /** The steps from a picture to an input, in order. Absent: test pictures have the input's own size. */
  readonly preparation?: Preparation
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
  /** The recipe of the training, as JSON. */
  readonly recipe?: JsonValue
}

const runtimeRule = rules.object({ name: rules.text, writeMetadata: rules.callback })
const PARTS: ValueRules<keyof PictureMetadata> = {
  dataset: rules.text,
  normalization: argument.normalization,
  preparation: rules.list(rules.rule('a step of a preparation', isPreparationStep)),
  background: rules.oneOf(['dark', 'light']),
  recipe: rules.json,
}

/**
 * Metadata of a network's file, for `freeze(model, { metadata })`: text by key, lists and records as JSON. With it, `onebit run`,
 * `onebit eval` and the task's pipeline need only the file.
 */
export function taskMetadata<Facts = AnyFacts>(
  runtime: Pick<TaskRuntime<Facts>, 'name' | 'writeMetadata'>,
  facts: Facts,
  pictures: PictureMetadata,
): Record<string, string> {
  checkArguments('taskMetadata()', { runtime: [runtime, runtimeRule] })
  const given = checkOptions('taskMetadata()', pictures, PARTS)
  const { dataset, normalization, preparation = [], background, recipe } = given
  return {
    task: runtime.name,
    ...(dataset !== undefined && { dataset }),
    ...runtime.writeMetadata(facts),
    ...(normalization && { normalization: JSON.stringify(normalization) }),
    ...(preparation.length > 0 && { preparation: JSON.stringify(preparation) }),
    ...(background && { background }),
    ...(recipe !== undefined && recipe !== null && { recipe: JSON.stringify(recipe) }),
  }
}

function readNormalization(text: string): PictureMetadata['normalization'] {
  const given = (parseMetadata('normalization', text) ?? {}) as Record<string, unknown>
  const numbers = (key: string): number[] => {
    const list = [given[key]].flat()
    if (list.length > 0 && list.every((value): value is number => Number.isFinite(value))) return list
    return refuseMetadata('normalization', `a number or numbers under '${key}'`, text)
  }
  const [mean, standardDeviation] = [numbers('mean'), numbers('standardDeviation')]
  if (standardDeviation.some((value) => value <= 0)) refuseMetadata('normalization', 'positive standard deviations', text)
  return { mean, standardDeviation }
}

function readPreparation(text: string): Preparation {
  const steps = parseMetadata('preparation', text)
  try {
    return preparationOf(steps)
  } catch (error) {
    if (!OptionError.isInstance(error)) throw error
    return refuseMetadata('preparation', error.parts.expected ?? 'a list of steps', text, error)
  }
}

function readBackground(text: string): 'dark' | 'light' {
  return text === 'dark' || text === 'light' ? text : refuseMetadata('background', `'dark' or 'light'`, text)
}

/**
 * Reads the fields of `taskMetadata` that are present. Normalization always comes as lists.
 * @throws ModelFormatError naming a field of another form.
 */
export function readPictureMetadata(metadata: Readonly<Record<string, string>>): PictureMetadata {
  checkArguments('readPictureMetadata()', { metadata: [metadata, rules.record(rules.anything)] })
  const { dataset, normalization, preparation, background, recipe } = metadata
  return {
    ...(dataset !== undefined && { dataset }),
    ...(normalization !== undefined && { normalization: readNormalization(normalization) }),
    ...(preparation !== undefined && { preparation: readPreparation(preparation) }),
    ...(background !== undefined && { background: readBackground(background) }),
    ...(recipe !== undefined && { recipe: parseMetadata('recipe', recipe) as JsonValue }),
  }
}
