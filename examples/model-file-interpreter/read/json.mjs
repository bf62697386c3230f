import { bounds } from './limits.mjs'
import { refuse } from './refuse.mjs'

// JSON.parse keeps the last of two equal keys and has no limit of depth. The format forbids both, so this file has its own
// parser.

/** Reads JSON strictly. Objects become Maps, so no key has a special meaning. */
export function parseJson(text, field) {
  const source = { text, at: 0, depth: 0, field }
  const value = readValue(source)
  skipSpace(source)
  if (source.at < text.length) fail(source, 'something follows the JSON value')
  return value
}

function readValue(source) {
  skipSpace(source)
  const first = source.text[source.at]
  if (first === '{') return nested(source, readObject)
  if (first === '[') return nested(source, readList)
  if (first === '"') return readString(source)
  return readWord(source)
}

/** Reads an object or a list, and counts the depth. The outermost one has depth 1. */
function nested(source, read) {
  source.depth += 1
  if (source.depth > bounds.depth) fail(source, `more than ${bounds.depth} objects and lists in each other`)
  source.at += 1
  const value = read(source)
  source.depth -= 1
  return value
}

function readObject(source) {
  const object = new Map()
  if (takes(source, '}')) return object
  do {
    const key = readKey(source)
    if (key === '__proto__') fail(source, 'the key __proto__ is not allowed')
    if (object.has(key)) fail(source, `the key ${JSON.stringify(key)} stands twice`)
    object.set(key, readValue(source))
  } while (takes(source, ','))
  if (!takes(source, '}')) fail(source, 'expected , or }')
  return object
}

function readKey(source) {
  skipSpace(source)
  if (source.text[source.at] !== '"') fail(source, 'expected a key')
  const key = readString(source)
  if (!takes(source, ':')) fail(source, 'expected :')
  return key
}

function readList(source) {
  const list = []
  if (takes(source, ']')) return list
  do list.push(readValue(source))
  while (takes(source, ','))
  if (!takes(source, ']')) fail(source, 'expected , or ]')
  return list
}

const HALF_PAIR = /\p{Surrogate}/u

/** Finds the closing quote. JSON.parse handles the escapes and forbidden characters. */
function readString(source) {
  const start = source.at
  let end = start + 1
  while (end < source.text.length && source.text[end] !== '"') end += source.text[end] === '\\' ? 2 : 1
  source.at = end + 1
  const text = parseToken(source, source.text.slice(start, end + 1))
  if (HALF_PAIR.test(text)) fail(source, 'half a surrogate pair')
  return text
}

const WORD = /true|false|null|-?[0-9][0-9.eE+-]*/y

function readWord(source) {
  WORD.lastIndex = source.at
  const word = WORD.exec(source.text)?.[0]
  if (word === undefined) fail(source, 'expected a value')
  source.at += word.length
  return parseToken(source, word)
}

function parseToken(source, token) {
  try {
    return JSON.parse(token)
  } catch {
    return fail(source, 'is not JSON')
  }
}

/** Skips a punctuation mark if it comes next. */
function takes(source, mark) {
  skipSpace(source)
  if (source.text[source.at] !== mark) return false
  source.at += 1
  return true
}

function skipSpace(source) {
  while (' \t\n\r'.includes(source.text[source.at] ?? 'end')) source.at += 1
}

function fail(source, problem) {
  return refuse(source.field, `${problem}, near character ${source.at}`)
}
