/** Makes text of strangers (labels, names of layers and files) safe for a line of a terminal or a log. */
import { describeValue } from '../options/describe-value.ts'

/**
 * Characters that move the cursor, delete, change modes or turn the direction of reading. With them a name could show as a line that
 * nobody printed. They are C0 and C1 controls (line breaks too), line and paragraph separators, and marks and overrides of direction.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b' }

function shown(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The text with control characters escaped as in JSON: a bell as `\u0007`. One line stays one line. */
export function visibleText(text: string): string {
  return (typeof text === 'string' ? text : describeValue(text)).replace(CONTROLS, shown)
}
