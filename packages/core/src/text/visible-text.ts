/** Text of strangers (labels, names of layers and files) as a line of a terminal or a log can show it. */
import { describeValue } from '../options/describe-value.ts'

/**
 * What moves the cursor, deletes, changes modes or turns the direction of reading, so that a name could show as a line that nobody
 * printed: C0 and C1 controls with the line breaks among them, line and paragraph separators, marks and overrides of direction.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b' }

function shown(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The same text with control characters as JSON writes them: a bell as `\u0007`. One line stays one line. */
export function visibleText(text: string): string {
  return (typeof text === 'string' ? text : describeValue(text)).replace(CONTROLS, shown)
}
