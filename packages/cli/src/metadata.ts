/** The free text that travels with a frozen classifier, in both directions. */
import { ModelFormatError } from '@onebit/core'
import type { Augmentation, ChannelNormalization, Normalization } from '@onebit/data'
import { z } from 'zod'
import { augmentationSchema } from './datasets/augmentation-schema.ts'
import { normalizationSchema } from './datasets/dataset.ts'

export interface ModelMetadata {
  /** `classify` */
  readonly task?: string
  /** Class names; outputs index them. */
  readonly labels?: readonly string[]
  /** How pixels became floats in training. */
  readonly normalization?: Normalization | ChannelNormalization
  /** How a picture becomes an input; without it, it has that size. */
  readonly preparation?: readonly Augmentation[]
  /** The data set's name. */
  readonly dataset?: string
  /** What subjects stand before in the training pictures. */
  readonly background?: 'dark' | 'light'
  readonly recipe?: unknown
}

const schemas = {
  labels: z.array(z.string()),
  normalization: normalizationSchema,
  preparation: z.array(augmentationSchema),
  background: z.enum(['dark', 'light']),
}

/** Text by key; lists and records as JSON. */
export function writeMetadata({
  task,
  labels,
  normalization,
  preparation,
  dataset,
  background,
  recipe,
}: ModelMetadata): Record<string, string> {
  const entries: Record<string, string | undefined> = {
    task,
    labels: labels && JSON.stringify(labels),
    normalization: normalization && JSON.stringify(normalization),
    preparation: preparation && JSON.stringify(preparation),
    dataset,
    background,
    recipe: recipe === undefined || recipe === null ? undefined : JSON.stringify(recipe),
  }
  return Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function parse<Value>(text: string | undefined, field: string, schema: z.ZodType<Value>, isJson = true): Value | undefined {
  if (text === undefined) return undefined
  try {
    return schema.parse(isJson ? JSON.parse(text) : text)
  } catch (error) {
    throw new ModelFormatError(
      {
        field: `metadata.${field}`,
        what: `The model's '${field}' cannot be understood.`,
        received: text.slice(0, 80),
        fix: 'Freeze the run again.',
      },
      { cause: error },
    )
  }
}

/**
 * What is absent stays absent: a file need not come from this command.
 * @throws ModelFormatError naming the field, if it is there and of another form.
 */
export function readMetadata(metadata: Readonly<Record<string, string>>): ModelMetadata {
  return {
    task: metadata.task,
    labels: parse(metadata.labels, 'labels', schemas.labels),
    normalization: parse(metadata.normalization, 'normalization', schemas.normalization),
    preparation: parse(metadata.preparation, 'preparation', schemas.preparation),
    dataset: metadata.dataset,
    background: parse(metadata.background, 'background', schemas.background, false),
  }
}
