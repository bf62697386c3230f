/** What zod found wrong with a recipe, in the words of this command, with the nearest name that would be right. */
import { nearestNames } from '@onebit/core'
import type { z } from 'zod'
import { AUGMENTATIONS, augmentationKeys } from '../datasets/augmentation-schema.ts'
import { DATASET_NAMES, datasetNamed } from '../datasets/registry.ts'
import { KEYS } from './schema.ts'

type Issue = z.core.$ZodIssue

export interface Explanation {
  /** `stages[1].activation` */
  readonly path: string
  readonly what: string
  readonly fix?: string
}

/** `stages[1].activation` of `['stages', 1, 'activation']`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text ? `${text}.${String(part)}` : String(part)
  }, '')
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], raw)
}

/** The keys that may stand at a place. */
function knownKeys(raw: unknown, path: readonly PropertyKey[]): readonly string[] {
  const pattern = path.map((part) => (typeof part === 'number' ? '*' : String(part))).join('.')
  if (pattern === 'dataset') {
    const name = valueAt(raw, ['dataset', 'name'])
    return DATASET_NAMES.includes(name as string) ? Object.keys(datasetNamed(name as string).schema.shape) : []
  }
  if (pattern === 'dataset.augment.*') return augmentationKeys(valueAt(raw, [...path, 'type']))
  return KEYS[pattern] ?? []
}

const suggest = (name: string, known: readonly string[]): string => {
  const [nearest] = nearestNames(name, known)
  return nearest ? ` Did you mean '${nearest}'?` : ''
}

/** @param raw The recipe that the issue is of. */
export function explainIssue(issue: Issue, raw: unknown): Explanation {
  const path = formatPath(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys
    const known = knownKeys(raw, issue.path)
    return {
      path: formatPath([...issue.path, key]),
      what: `A recipe has no '${formatPath([...issue.path, key])}'.${suggest(key, known)}`,
      fix: known.length > 0 ? `Known${path ? ` in '${path}'` : ''}: ${known.join(', ')}.` : undefined,
    }
  }
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'type') {
    const received = `${valueAt(raw, issue.path)}`
    return {
      path,
      what: `There is no augmentation '${received}'.${suggest(received, AUGMENTATIONS)}`,
      fix: `Known: ${AUGMENTATIONS.join(', ')}.`,
    }
  }
  return { path, what: `The recipe's '${path}' cannot be used: ${issue.message.replace(/^Invalid input: /, '')}.` }
}
