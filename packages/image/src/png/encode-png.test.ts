import { inflateSync, crc32 as nodeCrc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { integers, noise, SEED } from '../../test/pictures.ts'
import { blankPicture, type Picture } from '../picture.ts'
import { adler32, crc32 } from './checksums.ts'
import { deflate } from './deflate.ts'
import { encodePng, pngBase64 } from './encode-png.ts'

/** A decoder written from the specification, for 8 bits without interlacing. */
function decodePng(file: Uint8Array): Picture {
  const view = new DataView(file.buffer)
  const parts: Uint8Array[] = []
  let header = new DataView(file.buffer)
  for (let at = 8; at < file.length; at += 12 + view.getUint32(at)) {
    const body = file.subarray(at + 4, at + 8 + view.getUint32(at))
    expect(view.getUint32(at + 4 + body.length)).toBe(nodeCrc32(body))
    const type = String.fromCharCode(...body.subarray(0, 4))
    if (type === 'IHDR') header = new DataView(file.buffer, at + 8, 13)
    if (type === 'IDAT') parts.push(body.subarray(4))
  }
  const [width, height] = [header.getUint32(0), header.getUint32(4)]
  const channels = ({ 0: 1, 2: 3, 6: 4 } as const)[header.getUint8(9) as 0 | 2 | 6]
  const rows = inflateSync(Buffer.concat(parts))
  const length = width * channels
  const data = new Uint8Array(height * length)
  for (let row = 0; row < height; row++) {
    const filter = rows[row * (length + 1)]
    for (let place = 0; place < length; place++) {
      const at = row * length + place
      const left = place >= channels ? data[at - channels] : 0
      const above = row > 0 ? data[at - length] : 0
      const corner = row > 0 && place >= channels ? data[at - length - channels] : 0
      const estimate = left + above - corner
      const nearest = [left, above, corner].reduce((best, value) =>
        Math.abs(estimate - value) < Math.abs(estimate - best) ? value : best,
      )
      data[at] = rows[row * (length + 1) + 1 + place] + [0, left, above, (left + above) >> 1, nearest][filter]
    }
  }
  return { data, width, height, channels }
}

describe('deflate', () => {
  test(`zlib reads its output for every texture; ONEBIT_SEED=${SEED}`, () => {
    const next = integers(SEED)
    for (let round = 0; round < 120; round++) {
      const length = next(round < 100 ? 2000 : 150_000)
      const letters = 1 + next(256)
      const run = 1 + next(40)
      let value = 0
      const bytes = Uint8Array.from({ length }, () => {
        if (next(run) === 0) value = next(letters)
        return value
      })
      expect(Buffer.compare(inflateSync(deflate(bytes)), bytes), `round ${round}`).toBe(0)
    }
  })

  test('repetitions become short, noise hardly longer', () => {
    expect(deflate(new Uint8Array(100_000)).length).toBeLessThan(1000)
    const { data } = noise(300, 300, 3)
    expect(deflate(data).length).toBeLessThanOrEqual(data.length + 11 + 5 * Math.ceil(data.length / 65_535))
    expect(inflateSync(deflate(data)).equals(data)).toBe(true)
    expect([...inflateSync(deflate(new Uint8Array()))]).toEqual([])
  })

  test('matches reach over the whole window, and no further', () => {
    for (const distance of [32_766, 32_768, 32_769]) {
      const bytes = new Uint8Array(distance + 200)
      const { data } = noise(1, 200, 1, 5)
      bytes.set(data)
      bytes.set(data, distance)
      expect(inflateSync(deflate(bytes)).equals(bytes)).toBe(true)
    }
  })
})

test('checksums', () => {
  const bytes = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0))
  expect(crc32(bytes)).toBe(0xcbf43926)
  expect(adler32(bytes)).toBe(0x091e01de)
  expect(adler32(new Uint8Array(10_000).fill(255))).toBeGreaterThan(0)
})

describe('encodePng', () => {
  test.each([1, 3, 4] as const)('%i channels, without loss', (channels) => {
    for (const [height, width] of [
      [1, 1],
      [13, 7],
      [40, 60],
    ]) {
      // biome-ignore format: one line
      const source = noise(height, width, channels)
      expect(decodePng(encodePng(source))).toEqual(source)
    }
    const smooth = blankPicture(64, 64, channels)
    for (let index = 0; index < smooth.data.length; index++) smooth.data[index] = index / 40
    expect(decodePng(encodePng(smooth))).toEqual(smooth)
    expect(encodePng(smooth).length).toBeLessThan(smooth.data.length / 4)
  })

  test('in base64', () => {
    const source = noise(50, 100, 3)
    expect(Uint8Array.from(Buffer.from(pngBase64(source), 'base64'))).toEqual(encodePng(source))
  })
})
