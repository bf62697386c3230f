/** A minimal PNG encoder for sample images: 8 bits per channel, gray or RGB, no filters. https://www.w3.org/TR/png-3/ */
import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const GRAY = 0
const RGB = 2

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/**
 * @param pixels `[height, width, channels]`, row-major.
 * @param shape One channel is gray, three are RGB; of any other number the first is shown.
 */
export function encodePng(pixels: Uint8Array, [height, width, channels]: readonly [number, number, number]): Buffer {
  const shown = channels === 3 ? 3 : 1
  const rows = new Uint8Array(height * (1 + width * shown))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < shown; channel++) {
        rows[y * (1 + width * shown) + 1 + x * shown + channel] = pixels[(y * width + x) * channels + channel]
      }
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, shown === 3 ? RGB : GRAY, 0, 0, 0], 8)
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())])
}
