/** Parses JSON from strangers. It refuses duplicate keys (`JSON.parse` drops them silently), `__proto__`, and text that is not UTF-8. */
import { shapeFault } from '../graph/limits.ts'
import { HALF_PAIR } from '../text/utf8.ts'
import { refuse } from './refuse.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The entries of a shape, or undefined if `value` is no list of a few positive integers. */
export function asShape(value: Json | undefined): readonly number[] | undefined {
  return shapeFault(value) ? undefined : (value as readonly number[])
}

/** Deepest nesting of objects and lists. A header needs five levels. */
export const DEEPEST = 32
const [QUOTE, BACKSLASH, COLON] = ['"', '\\', ':'].map((character) => character.charCodeAt(0))

/** The index after the closing quote of the string that begins at `start`, or the end of an unfinished text. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
  }
  return text.length
}

/** The string of a token with its quotes, or undefined if the token is not JSON. */
function decodeString(token: string): string | undefined {
  try {
    return JSON.parse(token) as string
  } catch {
    return undefined
  }
}

/**
 * Throws on a key that its object holds twice or that is `__proto__`, and on nesting that could use up the stack of code that walks the
 * value. It runs before the parser and leaves everything else to it. It is a loop, because a string of millions of characters would use
 * up the stack of a regular expression.
 */
function checkStructure(text: string, field: string): void {
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      let next = end
      while (text[next] === ' ' || text[next] === '\t' || text[next] === '\r' || text[next] === '\n') next++
      const keys = open.at(-1)
      const key = text.charCodeAt(next) === COLON && keys ? decodeString(text.slice(at, end)) : undefined
      if (key !== undefined && keys) {
        if (keys.has(key) || key === '__proto__') {
          refuse(field, { what: `The ${field} has ${key === '__proto__' ? 'a forbidden key' : 'a key twice'}: '${key}'.` })
        }
        keys.add(key)
      }
      at = end - 1
    } else if (text[at] === '{' || text[at] === '[') {
      if (open.length === DEEPEST) {
        refuse(field, {
          what: `The ${field} is nested too deep.`,
          expected: `at most ${DEEPEST} objects and lists in each other`,
        })
      }
      open.push(text[at] === '{' ? new Set() : undefined)
    } else if (text[at] === '}' || text[at] === ']') open.pop()
  }
}

/** In text decoded from UTF-8, only such an escape can put half a surrogate pair into a string. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/** True if a string holds half a surrogate pair. UTF-8 cannot hold it, so readers would disagree on checksums and names. */
function holdsHalfPair(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return HALF_PAIR.test(`${value}`)
  return Object.entries<Json>(value).flat().some(holdsHalfPair)
}

/**
 * The value of `text`, which must come from UTF-8 or be a string that this function has returned.
 * @throws ModelFormatError naming `field` if it is not valid JSON, holds a key twice, `__proto__` or half a surrogate pair, or is nested too deep.
 */
export function parseStrictJson(text: string, field: string): Json {
  checkStructure(text, field)
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    return refuse(field, { what: `The ${field} is not valid JSON.`, received: (error as Error).message }, { cause: error })
  }
  if (SURROGATE_ESCAPE.test(text) && holdsHalfPair(value)) {
    refuse(field, { what: `The ${field} holds half a surrogate pair.`, expected: 'text that UTF-8 can hold' })
  }
  return value
}
