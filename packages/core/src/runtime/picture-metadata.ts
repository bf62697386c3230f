/** What the files of all tasks say about pictures, both ways: the data set, how pictures become inputs, the recipe. */
import type { AnyFacts, JsonValue, TaskRuntime } from '../contracts/task.ts'
import { ModelFormatError } from '../errors.ts'

/** How pixels became inputs, `(pixel / 255 - mean) / standardDeviation`: a number for all channels, or a list with one for each. */
export interface PixelNormalization {
  readonly mean: number | readonly number[]
  readonly standardDeviation: number | readonly number[]
}

/** A step from a picture to an input: `{ type: 'center-crop', size: 224, shorterSide: 256 }`. */
export interface PixelPreparation {
  readonly type: string
}

/** What a file says; what it does not say is absent. */
export interface PictureMetadata {
  /** The name of the data set it was trained on. */
  readonly dataset?: string
  readonly normalization?: PixelNormalization
  /** How a picture becomes an input, in order. Absent: test pictures have the input's own size. */
  readonly preparation?: readonly PixelPreparation[]
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
  /** What the network was trained with, as JSON. */
  readonly recipe?: JsonValue
}

/**
 * What a network's file has to say, for `freeze(model, { metadata })`: text by key, lists and records as JSON. With it, `onebit run`,
 * `onebit eval` and the task's pipeline need nothing but the file.
 */
export function taskMetadata<Facts = AnyFacts>(
  runtime: Pick<TaskRuntime<Facts>, 'name' | 'writeMetadata'>,
  facts: Facts,
  { dataset, normalization, preparation = [], background, recipe }: PictureMetadata,
): Record<string, string> {
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

/** Refuses a field of a file's metadata. @throws ModelFormatError */
export function refuseMetadata(field: string, expected: string, received: string, cause?: unknown): never {
  throw new ModelFormatError(
    {
      field: `metadata.${field}`,
      what: `The model's '${field}' cannot be understood.`,
      expected,
      received: received.slice(0, 80),
      fix: 'Freeze the model again, with what `taskMetadata` returns.',
    },
    { cause },
  )
}

/**
 * A field of a file's metadata that holds JSON.
 * @throws ModelFormatError naming the field.
 */
export function parseMetadata(field: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuseMetadata(field, 'JSON', text, error)
  }
}

/**
 * A field of a file's metadata that is a list of names.
 * @throws ModelFormatError naming the field.
 */
export function readNames(field: string, text: string): readonly string[] {
  const names = parseMetadata(field, text)
  if (Array.isArray(names) && names.every((name): name is string => typeof name === 'string')) return names
  return refuseMetadata(field, 'a list of names', text)
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

function readPreparation(text: string): readonly PixelPreparation[] {
  const steps = parseMetadata('preparation', text)
  if (Array.isArray(steps) && steps.every((step) => typeof step?.type === 'string')) return steps
  return refuseMetadata('preparation', `a list of steps, each with its 'type'`, text)
}

function readBackground(text: string): 'dark' | 'light' {
  return text === 'dark' || text === 'light' ? text : refuseMetadata('background', `'dark' or 'light'`, text)
}

/**
 * What `taskMetadata` wrote about pictures, of whatever is there; normalization always as lists.
 * @throws ModelFormatError naming the field that is there but of another form.
 */
export function readPictureMetadata(metadata: Readonly<Record<string, string>>): PictureMetadata {
  const { dataset, normalization, preparation, background, recipe } = metadata
  return {
    ...(dataset !== undefined && { dataset }),
    ...(normalization !== undefined && { normalization: readNormalization(normalization) }),
    ...(preparation !== undefined && { preparation: readPreparation(preparation) }),
    ...(background !== undefined && { background: readBackground(background) }),
    ...(recipe !== undefined && { recipe: parseMetadata('recipe', recipe) as JsonValue }),
  }
}
