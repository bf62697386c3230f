/** Fields of a model file's metadata, which is text by key: lists and records are JSON. */
import { ModelFormatError } from '../errors.ts'

/** Refuses a field of a file's metadata. @throws ModelFormatError */
export function refuseMetadata(field: string, expected: string, received: string, cause?: unknown): never {
  throw new ModelFormatError(
    {
      field: `metadata.${field}`,
      what: `The model's '${field}' cannot be understood.`,
      expected,
      received: received.slice(0, 80),
      fix: 'Freeze the model again, with what `taskMetadata` of `@onebit/image` returns.',
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
