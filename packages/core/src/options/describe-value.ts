/** Describes any value for an error message, short and on one line. It never throws, even on hostile values. */

/** Most entries of a list or record that are shown, and the deepest level. */
const MOST_ENTRIES = 8
const DEEPEST = 2
const LONGEST_TEXT = 120

function some(entries: readonly string[], count: number): string {
  return entries.slice(0, MOST_ENTRIES).join(',') + (count > MOST_ENTRIES ? `,... (${count})` : '')
}

function describeObject(value: object, depth: number): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  if (Array.isArray(value)) {
    if (depth === DEEPEST) return '[...]'
    return `[${some(
      value.slice(0, MOST_ENTRIES).map((entry) => describe(entry, depth + 1)),
      value.length,
    )}]`
  }
  if (tag === 'Promise') return 'a Promise, which has to be awaited first'
  if (tag !== 'Object') return `a value of type ${tag}`
  if (depth === DEEPEST) return '{...}'
  const keys = Object.keys(value)
  const shown = keys.slice(0, MOST_ENTRIES).map((key) => {
    return `${describe(key, depth)}:${describe((value as Record<string, unknown>)[key], depth + 1)}`
  })
  return `{${some(shown, keys.length)}}`
}

function describe(value: unknown, depth: number): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') {
    const rest = value.length > LONGEST_TEXT ? `... (${value.length} characters)` : ''
    return JSON.stringify(value.slice(0, LONGEST_TEXT)) + rest
  }
  if (typeof value === 'function') return value.name ? `the function ${value.name.slice(0, LONGEST_TEXT)}` : 'a function'
  if (typeof value === 'object') return describeObject(value, depth)
  return String(value)
}

/** JSON if JSON can hold the value, cut where it is long or deep; `nothing` for undefined; the type's name for anything else. */
export function describeValue(value: unknown): string {
  try {
    return describe(value, 0)
  } catch {
    // A proxy or a getter that throws.
    return 'a value that cannot be read'
  }
}
