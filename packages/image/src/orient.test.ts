import { OptionError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { noise, picture } from '../test/pictures.ts'
import { flipHorizontally } from './flip.ts'
import { type Orientation, orient } from './orient.ts'
import { readOrientation } from './read-orientation.ts'

describe('orient', () => {
  // a b c over d e f, and the picture as seen.
  const stored = picture(2, 3, 1, [1, 2, 3, 4, 5, 6])
  test.each([
    [1, 3, [1, 2, 3, 4, 5, 6]],
    [2, 3, [3, 2, 1, 6, 5, 4]],
    [3, 3, [6, 5, 4, 3, 2, 1]],
    [4, 3, [4, 5, 6, 1, 2, 3]],
    [5, 2, [1, 4, 2, 5, 3, 6]],
    [6, 2, [4, 1, 5, 2, 6, 3]],
    [7, 2, [6, 3, 5, 2, 4, 1]],
    [8, 2, [3, 6, 2, 5, 1, 4]],
  ] as const)('%i', (orientation, width, seen) => {
    const result = orient(stored, orientation)
    expect([...result.data]).toEqual(seen)
    expect(result.width).toBe(width)
  })

  test('keeps the channels of a pixel together; refuses others', () => {
    const source = noise(3, 5, 3)
    expect(orient(source, 2)).toEqual(flipHorizontally(source))
    expect(orient(orient(source, 6), 8)).toEqual(source)
    expect(() => orient(source, 9 as Orientation)).toThrow(OptionError)
  })
})

/** A TIFF record with a directory of two entries, the second the orientation. */
function record(orientation: number, littleEndian: boolean, type = 3): number[] {
  const bytes = new DataView(new ArrayBuffer(8 + 2 + 24 + 4))
  bytes.setUint16(0, littleEndian ? 0x4949 : 0x4d4d)
  bytes.setUint16(2, 42, littleEndian)
  bytes.setUint32(4, 8, littleEndian)
  bytes.setUint16(8, 2, littleEndian)
  for (const [entry, tag] of [256, 274].entries()) {
    bytes.setUint16(10 + 12 * entry, tag, littleEndian)
    bytes.setUint16(12 + 12 * entry, type, littleEndian)
    bytes.setUint32(14 + 12 * entry, 1, littleEndian)
    bytes.setUint16(18 + 12 * entry, tag === 274 ? orientation : 99, littleEndian)
  }
  return [...new Uint8Array(bytes.buffer)]
}

const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0))
const bigEndian = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
const exif = ascii('Exif\0\0')

const files: Record<string, (record: readonly number[]) => number[]> = {
  JPEG: (record) => {
    const length = 2 + exif.length + record.length
    const other = [0xff, 0xe0, 0, 4, 1, 2]
    return [0xff, 0xd8, ...other, 0xff, 0xff, 0xe1, length >> 8, length & 255, ...exif, ...record, 0xff, 0xda, 0, 2]
  },
  PNG: (record) => [
    ...ascii('\x89PNG\r\n\x1a\n'),
    ...bigEndian(3),
    ...ascii('tEXt'),
    ...[1, 2, 3],
    ...bigEndian(0),
    ...bigEndian(record.length),
    ...ascii('eXIf'),
    ...record,
    ...bigEndian(0),
  ],
  WebP: (record) => [
    ...ascii('RIFF\0\0\0\0WEBPVP8 '),
    ...[3, 0, 0, 0, 1, 2, 3, 0],
    ...ascii('EXIF'),
    ...[record.length, 0, 0, 0],
    ...record,
  ],
  'WebP with the mark of JPEG': (record) => files.WebP([...exif, ...record]),
  TIFF: (record) => [...record],
}

describe('readOrientation', () => {
  describe.each(Object.keys(files))('%s', (format) => {
    test('either order of bytes, every orientation', () => {
      for (let orientation = 1; orientation <= 8; orientation++) {
        for (const littleEndian of [true, false]) {
          expect(readOrientation(Uint8Array.from(files[format](record(orientation, littleEndian))))).toBe(orientation)
        }
      }
    })

    test('a damaged or wrong value gives 1, and nothing throws, wherever the file ends', () => {
      expect(readOrientation(Uint8Array.from(files[format](record(9, true))))).toBe(1)
      expect(readOrientation(Uint8Array.from(files[format](record(6, true, 2))))).toBe(1)
      const whole = Uint8Array.from(files[format](record(6, false)))
      for (let length = 0; length < whole.length; length++) expect([1, 6]).toContain(readOrientation(whole.subarray(0, length)))
    })
  })

  test('other bytes are 1', () => {
    expect(readOrientation(new Uint8Array())).toBe(1)
    expect(readOrientation(Uint8Array.from(ascii('GIF89a and more')))).toBe(1)
    expect(readOrientation(Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, 0, 0xff, 0xe1, 0, 0]))).toBe(1)
  })
})
