/** Names with options on a command line: `magnitude-aware-sign:scale=per-tensor,gradient=code`. */
import { UsageError } from './errors.ts'

/** The form that recipes and registries take. */
export type NamedReference = string | { readonly name: string; readonly [option: string]: unknown }

function parseValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/**
 * @throws UsageError if an option is not `key=value`.
 */
export function parseReference(text: string): NamedReference {
  const colon = text.indexOf(':')
  if (colon < 0) return text
  const options: Record<string, unknown> = {}
  for (const part of text.slice(colon + 1).split(',')) {
    const equals = part.indexOf('=')
    if (equals < 1) {
      throw new UsageError({
        what: `'${part}' in '${text}' is not an option.`,
        expected: 'name:option=value,option=value',
      })
    }
    options[part.slice(0, equals)] = parseValue(part.slice(equals + 1))
  }
  return { ...options, name: text.slice(0, colon) }
}

/**
 * Splits several references at commas: `wasm:threads=2,stem=int8,reference` are two.
 * @throws the errors of `parseReference`.
 */
export function splitReferences(text: string): string[] {
  const references: string[] = []
  for (const part of text.split(',')) {
    // An option belongs to the name before it.
    if (references.length > 0 && part.includes('=') && !part.includes(':')) references.push(`${references.pop()},${part}`)
    else if (part !== '') references.push(part)
  }
  return references
}
