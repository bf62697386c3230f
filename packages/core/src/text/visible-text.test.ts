import { expect, it } from 'vitest'
import { visibleText } from './visible-text.ts'

it.each([
  ['Zürich 🥾 日本', 'Zürich 🥾 日本'],
  ['cat\r\b\bdog', 'cat\\r\\b\\bdog'],
  ['cat\nsaved', 'cat\\nsaved'],
  ['\u001b[2K\u009b1A', '\\u001b[2K\\u009b1A'],
  ['abc\u202edef', 'abc\\u202edef'],
  ['\u0000\u007f\u2028', '\\u0000\\u007f\\u2028'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})
