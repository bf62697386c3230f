import { describe, expect, it } from 'vitest'
import { FileError } from '../errors.ts'
import { decodeJson, decodeText } from './read-json.ts'

const value = { name: 'Zürich 🥾', list: [1, 2] }
const text = JSON.stringify(value)
const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content)
const utf16 = (content: string): Uint8Array => new Uint8Array(Buffer.from(content, 'utf16le'))
const swap = (bytes: Uint8Array): Uint8Array => new Uint8Array(Buffer.from(bytes).swap16())

describe('decodeJson reads', () => {
  it.each([
    ['UTF-8', utf8(text)],
    ['UTF-8 with a byte order mark', utf8(`\uFEFF${text}`)],
    ['UTF-16, little-endian, as PowerShell writes it', utf16(`\uFEFF${text}\r\n`)],
    ['UTF-16, big-endian', swap(utf16(`\uFEFF${text}`))],
    ['a view in the middle of a buffer', utf8(`##${text}##`).subarray(2, -2)],
  ])('%s', (_, bytes) => {
    expect(decodeJson(bytes, 'recipe.json')).toEqual(value)
  })

  it.each([
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /'recipe.json' is not text/],
    ['half a UTF-16 character', utf16(`\uFEFF${text}`).subarray(0, -1), /not text/],
    ['an unpaired surrogate', utf16('\uFEFF"\uD800"'), /not text/],
    ['nothing', new Uint8Array(), /'recipe.json' is not valid JSON.*an empty file/],
    ['half of it', utf8(text.slice(0, 9)), /not valid JSON/],
    ['nesting that uses up a stack', utf8('['.repeat(1_000_000)), /not valid JSON/],
  ])('and refuses %s', (_, bytes, message) => {
    expect(() => decodeJson(bytes, 'recipe.json')).toThrow(FileError)
    expect(() => decodeJson(bytes, 'recipe.json')).toThrow(message)
  })

  it('text keeps characters that are not a mark', () => {
    expect(decodeText(utf8('a\uFEFFb'), 'x')).toBe('a\uFEFFb')
  })
})
