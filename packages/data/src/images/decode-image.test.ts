import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileError } from '@onebit/core'
import { highBytes } from '@onebit/image'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plain, plainJpeg, sharp } from '../../test/sharp.ts'
import { DataError } from '../data-error.ts'
import { decodeImage } from './decode-image.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-decode-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** CRC-32 of PNG chunks. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

async function decode(bytes: Uint8Array) {
  const file = join(folder, 'image.jpg')
  await writeFile(file, bytes)
  return decodeImage(sharp, file)
}

/** JPEG and color conversion may be off by a few levels. */
function expectColor(data: Uint8Array, color: number[], tolerance: number): void {
  for (const [channel, value] of color.entries()) expect(Math.abs(data[channel] - value)).toBeLessThanOrEqual(tolerance)
}

describe('decodeImage', () => {
  test('JPEG and PNG', async () => {
    const jpeg = await decode(await plainJpeg(5, 7, [200, 100, 50]))
    expect(jpeg).toMatchObject({ height: 5, width: 7, channels: 3 })
    expect(jpeg.data).toHaveLength(105)
    expectColor(jpeg.data, [200, 100, 50], 3)
    const png = await decode(await plain(2, 2, [1, 2, 3]).png().toBuffer())
    expect([...png.data.subarray(0, 3)]).toEqual([1, 2, 3])
  })

  test('gray files give three equal channels', async () => {
    const gray = await decode(await plain(4, 4, [90, 90, 90]).toColourspace('b-w').jpeg({ quality: 100 }).toBuffer())
    expect(gray).toMatchObject({ height: 4, width: 4, channels: 3 })
    expectColor(gray.data, [90, 90, 90], 2)
  })

  test('CMYK files become red, green and blue', async () => {
    const bytes = await plain(8, 8, [220, 30, 40]).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    const components = bytes[bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xc0) + 9]
    expect(components).toBe(4)
    const image = await decode(bytes)
    expect(image).toMatchObject({ height: 8, width: 8, channels: 3 })
    // CMYK has no such bright red, and the profile takes the nearest color.
    expectColor(image.data, [220, 30, 40], 40)
  })

  test('alpha stays: what shows through is decided later', async () => {
    const image = await decode(await plain(2, 2, [200, 100, 50, 0]).png().toBuffer())
    expect(image).toMatchObject({ height: 2, width: 2, channels: 4 })
    expect([...image.data.subarray(0, 4)]).toEqual([200, 100, 50, 0])
  })

  test('of 16 bits the high byte remains', async () => {
    const values = Uint16Array.of(0, 255, 256, 65_279, 65_280, 65_535)
    const { data } = await decode(
      await sharp(values, { raw: { width: 2, height: 1, channels: 3 } })
        .toColourspace('rgb16')
        .png()
        .toBuffer(),
    )
    expect([...data]).toEqual([...highBytes(values)])
  })

  test('the orientation of the camera is applied', async () => {
    const turned = await plain(4, 6, [9, 9, 9]).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    expect(await decode(turned)).toMatchObject({ height: 6, width: 4 })
  })

  test.each([
    ['zero bytes', async () => new Uint8Array(), 'empty'],
    ['text', async () => Buffer.from('This is no image.'), 'decode'],
    ['a truncated JPEG', async () => (await plainJpeg(64, 64, [1, 200, 3])).subarray(0, -40), 'decode'],
    ['a JPEG that ends in its header', async () => (await plainJpeg(64, 64, [1, 200, 3])).subarray(0, 30), 'decode'],
  ])('%s', async (_, bytes, reason) => {
    const error = await decode(await bytes()).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(DataError)
    expect(error).toMatchObject({ reason, file: join(folder, 'image.jpg') })
    expect(error.message).toContain(error.file)
  })

  test('a file of a few kilobytes that states 16,000 x 16,000 pixels is not decoded', async () => {
    const bytes = await plain(4096, 4096, [0]).png().toBuffer()
    // The same file with another size in its header, and the matching checksum. The size is refused before a pixel is read.
    const header = Buffer.from(bytes)
    header.writeUInt32BE(16_000, 16)
    header.writeUInt32BE(16_000, 20)
    header.writeUInt32BE(crc32(header.subarray(12, 29)), 29)
    expect(header.length).toBeLessThan(100_000)
    const error = await decode(header).catch((thrown) => thrown)
    expect(error).toMatchObject({ reason: 'oversized', file: join(folder, 'image.jpg') })
    expect(error.message).toMatch(/too many pixels.*at most 67108864.*maxPixels/)
  })

  test('the limit of pixels is exact', async () => {
    const file = join(folder, 'image.png')
    await writeFile(file, await plain(10, 10, [1, 2, 3]).png().toBuffer())
    expect(await decodeImage(sharp, file, 100)).toMatchObject({ height: 10, width: 10 })
    await expect(decodeImage(sharp, file, 99)).rejects.toMatchObject({ reason: 'oversized' })
  })

  test('a file that is not there', async () => {
    await expect(decodeImage(sharp, join(folder, 'nothing.jpg'))).rejects.toBeInstanceOf(FileError)
  })
})
