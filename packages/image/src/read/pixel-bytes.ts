/** Converts the values of any array to the bytes of a picture. */
import { tagOf } from '@onebit/core'
import { highBytes } from '../color.ts'
import { type Picture, pictureOf } from '../picture.ts'
import { PictureError } from '../picture-error.ts'
import type { PixelData } from './picture-source.ts'

/**
 * The picture of the values. Bytes are shared, not copied.
 * @throws PictureError with reason `misshapen` if values do not fit the size or are not numbers; `empty` or `too-large`.
 */
export function fromPixelData({ data, width, height }: PixelData): Picture {
  return pictureOf(bytesOf(data), width, height)
}

function bytesOf(data: ArrayLike<number>): Uint8Array {
  const { buffer, byteOffset, length } = data as Uint8Array
  switch (tagOf(data)) {
    case 'Uint8Array':
    case 'Uint8ClampedArray':
      return new Uint8Array(buffer, byteOffset, length)
    case 'Uint16Array':
      return highBytes(data as Uint16Array)
    case 'Float16Array':
      return rounded(data, 255)
    default:
      return rounded(data, 1)
  }
}

/** Scaled, rounded halves up, clamped to 0..255. */
function rounded(values: ArrayLike<number>, factor: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length)
  for (let index = 0; index < values.length; index++) {
    const value = Number(values[index]) * factor
    if (Number.isNaN(value)) {
      throw new PictureError({
        reason: 'misshapen',
        what: 'A pixel is not a number.',
        expected: 'values from 0 to 255',
        received: `${String(values[index])} as value ${index}`,
      })
    }
    bytes[index] = Math.max(0, Math.min(255, Math.floor(value + 0.5)))
  }
  return bytes
}
