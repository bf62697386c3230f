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

/** The index behind the string that begins at `start`, of valid JSON. A pattern for it would run out of stack on strings of megabytes. */
function behindString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
}

/** Throws on a key that its object holds twice, or that is `__proto__`. `text` is known to be valid JSON. */
function checkKeys(text: string, field: string): void {
  const open: (Set<string> | undefined)[] = []
  const tokens = /["{}[\]]/g
  const colon = /[ \t\r\n]*:/y
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === '{') open.push(new Set())
    else if (token[0] === '[') open.push(undefined)
    else if (token[0] !== '"') open.pop()
    else {
      const end = behindString(text, token.index)
      tokens.lastIndex = end
      colon.lastIndex = end
      if (!colon.test(text)) continue
      const key = JSON.parse(text.slice(token.index, end)) as string
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
