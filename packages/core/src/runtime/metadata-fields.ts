/** Fields of a model file's metadata. Metadata is text by key, so lists and records are JSON. */
import { ModelFormatError } from '../errors.ts'
import { checkArgument } from '../options/check-options.ts'
import { text as textRule } from '../options/value-rules.ts'

/** Refuses a field of a file's metadata. @throws ModelFormatError; OptionError if `field` is not text. */
export function refuseMetadata(field: string, expected: string, received: string, cause?: unknown): never {
  checkArgument('refuseMetadata()', 'field', field, textRule)
  throw new ModelFormatError(
    {
      field: `metadata.${field}`,
      what: `The model's '${field}' cannot be understood.`,
      expected,
      received,
      fix: 'Freeze the model again with the result of `taskMetadata` of `@onebit/image`.',
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
