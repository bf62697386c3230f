/** Encodes and decodes UTF-8 strictly, even without TextDecoder: in audio worklets, in sandboxes, in small engines. */

/** Matches half a surrogate pair, which UTF-8 cannot hold. */
export const HALF_PAIR: RegExp = /\p{Surrogate}/u

/** Least code points of 2, 3 and 4 bytes. Smaller ones have a shorter form. */
const LEAST = [0x80, 0x800, 0x10000]

/** @throws TypeError on bytes that are not UTF-8. A byte order mark is a character like others. */
export function decodeUtf8(bytes: Uint8Array): string {
  return typeof TextDecoder === 'function'
    ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    : plainDecode(bytes)
}

/** `decodeUtf8` without a TextDecoder. */
export function plainDecode(bytes: Uint8Array): string {
  const parts: string[] = []
  let units: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++]
    const more = first < 0x80 ? 0 : first >= 0xf8 ? -1 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1
    if (more < 0 || at + more > bytes.length) throw new TypeError(`byte ${at - 1} begins no character of UTF-8`)
    let point = more === 0 ? first : first & (0x3f >> more)
    for (const end = at + more; at < end; at++) {
      if (bytes[at] >> 6 !== 2) throw new TypeError(`byte ${at} continues no character of UTF-8`)
      point = (point << 6) | (bytes[at] & 0x3f)
    }
    const isSurrogate = point >= 0xd800 && point <= 0xdfff
    if (more > 0 && (point < LEAST[more - 1] || point > 0x10ffff || isSurrogate)) {
      throw new TypeError(`byte ${at - 1} ends no character of UTF-8`)
    }
    if (point < 0x10000) units.push(point)
    else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff))
    // A call takes a limited number of arguments.
    if (units.length > 8192) {
      parts.push(String.fromCharCode(...units))
      units = []
    }
  }
  return parts.join('') + String.fromCharCode(...units)
}

/** The bytes of a text. Half a surrogate pair becomes U+FFFD, as with TextEncoder. */
export function encodeUtf8(text: string): Uint8Array {
  return typeof TextEncoder === 'function' ? new TextEncoder().encode(text) : plainEncode(text)
}

/** `encodeUtf8` without a TextEncoder. */
export function plainEncode(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length)
  let at = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
    const more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
    bytes[at++] = more === 0 ? point : ((0xff00 >> (more + 1)) & 0xff) | (point >> (6 * more))
    for (let rest = more - 1; rest >= 0; rest--) bytes[at++] = 0x80 | ((point >> (6 * rest)) & 0x3f)
  }
  return bytes.slice(0, at)
}
