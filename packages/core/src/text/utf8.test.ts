import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { plainDecode, plainEncode } from './utf8.ts'

const strict = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
const plain = (bytes: Uint8Array): string | undefined => {
  try {
    return plainDecode(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return undefined
  }
}

describe('without TextDecoder and TextEncoder', () => {
  it('every code point goes both ways', () => {
    for (let point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 37) {
      const text = String.fromCodePoint(point)
      const bytes = plainEncode(text)
      expect([...bytes], `U+${point.toString(16)}`).toEqual([...new TextEncoder().encode(text)])
      expect(plain(bytes), `U+${point.toString(16)}`).toBe(strict(bytes))
    }
  })

  it('any bytes read as with a TextDecoder, or are refused as by it', () => {
    const random = new Random(SEED)
    const interesting = [
      0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xef, 0xbb, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff,
    ]
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from({ length: random.integer(0, 5) }, () =>
        random.next() < 0.8 ? random.pick(interesting) : random.integer(0, 255),
      )
      expect(plain(bytes), `${[...bytes]}, ONEBIT_SEED=${SEED}`).toBe(strict(bytes))
    }
  })

  it('long texts, and halves of characters', () => {
    const text = 'Zürich 🥾'.repeat(10_000)
    expect(plainDecode(plainEncode(text))).toBe(text)
    expect([...plainEncode('a\uD800b')]).toEqual([...new TextEncoder().encode('a\uD800b')])
  })
})
