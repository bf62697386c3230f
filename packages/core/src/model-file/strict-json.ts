/** JSON from strangers: no duplicate keys, which `JSON.parse` drops in silence, and no `__proto__`. */
import { refuse } from './refuse.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The entries of a shape, or undefined if `value` is no list of positive safe integers. */
export function asShape(value: Json | undefined): readonly number[] | undefined {
  const accepted = Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size > 0)
  return accepted ? (value as readonly number[]) : undefined
}

/** Throws on a key that its object holds twice, or that is `__proto__`. `text` is known to be valid JSON. */
function checkKeys(text: string, field: string): void {
  const open: (Set<string> | undefined)[] = []
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:[ \t\r\n]*:)?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string
      const keys = open.at(-1)!
      if (keys.has(key) || key === '__proto__') {
        refuse(field, { what: `The ${field} has ${key === '__proto__' ? 'a forbidden key' : 'a key twice'}: '${key}'.` })
      }
      keys.add(key)
    }
  }
}

/**
 * The value that `text` states.
 * @throws ModelFormatError naming `field` if it is not valid JSON, holds a key twice or holds `__proto__`.
 */
export function parseStrictJson(text: string, field: string): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    return refuse(field, { what: `The ${field} is not valid JSON.`, received: (error as Error).message }, { cause: error })
  }
  checkKeys(text, field)
  return value
}
