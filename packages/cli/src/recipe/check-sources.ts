/** Checks the sources of a recipe's values: a text for each path, such as `stages[0].learningRate` or `training.schedule`. */
import { describeValue, nearestNames } from '@onebit/core'
import { RecipeError } from '../errors.ts'

type RawRecord = Readonly<Record<string, unknown>>

/** Parts of a recipe whose values may come from a publication. */
const SOURCED = ['dataset', 'model', 'training', 'stages'] as const

const isRecord = (value: unknown): value is RawRecord => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The path of a value and every path below it. */
function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item, index) => pathsOf(item, `${path}[${index}]`))]
  if (!isRecord(value)) return [path]
  return [path, ...Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, `${path}.${key}`))]
}

/** The paths of all values in a recipe, for whole parts and for single values. */
export function recipePaths(raw: RawRecord): string[] {
  return SOURCED.flatMap((part) => (raw[part] === undefined ? [] : pathsOf(raw[part], part)))
}

/** @throws RecipeError on the source of a missing value, with the nearest path, or on an empty source. */
export function checkSources(raw: RawRecord, locationOf: (path: string) => string): Readonly<Record<string, string>> {
  const { sources } = raw
  if (!isRecord(sources)) {
    throw new RecipeError({
      what: "The recipe's 'sources' cannot be used.",
      expected: 'a record of texts by path, "training.learningRate": "section 4.1"',
      received: describeValue(sources),
      location: locationOf('sources'),
    })
  }
  const known = recipePaths(raw)
  for (const [path, text] of Object.entries(sources)) {
    if (!known.includes(path)) {
      const [nearest] = nearestNames(path, known)
      throw new RecipeError({
        what: `There is a source of '${path}', which the recipe does not have.`,
        expected: 'the path of a value in it',
        fix: nearest ? `Did you mean '${nearest}'?` : 'Leave it out.',
        location: locationOf('sources'),
      })
    }
    if (typeof text === 'string' && text !== '') continue
    throw new RecipeError({
      what: `The source of '${path}' says nothing.`,
      expected: "where it was published, or 'not published'",
      received: describeValue(text),
      location: locationOf('sources'),
    })
  }
  return sources as Readonly<Record<string, string>>
}
