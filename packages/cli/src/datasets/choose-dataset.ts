/** A data set chosen by name and flags, outside a recipe. */
import { nearestNames } from '@onebit/core'
import { UsageError } from '../errors.ts'
import { type DatasetChoice, datasetNamed } from './registry.ts'

/**
 * Checks the options and fills in the rest; options that are undefined were not given.
 * @throws UsageError on an unknown name, an option that the data set does not have, or a bad value.
 */
export function chooseDataset(name: string, options: Readonly<Record<string, unknown>>): DatasetChoice {
  const { schema } = datasetNamed(name)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const result = schema.safeParse({ name, ...given })
  if (result.success) return result.data as DatasetChoice
  const [issue] = result.error.issues
  if (issue.code === 'unrecognized_keys') {
    const [nearest] = nearestNames(issue.keys[0], Object.keys(schema.shape))
    throw new UsageError({
      what: `The data set '${name}' has no '${issue.keys[0]}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
      fix: `It has ${Object.keys(schema.shape).join(', ')}.`,
    })
  }
  throw new UsageError({ what: `The '${issue.path.join('.')}' of the data set '${name}' cannot be used: ${issue.message}.` })
}

/** The options of a data set that a flag may set only where it has them. */
export function optionsIn(name: string, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = Object.keys(datasetNamed(name).schema.shape)
  return Object.fromEntries(Object.entries(options).filter(([key]) => known.includes(key)))
}
