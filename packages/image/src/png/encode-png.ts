/** Pictures as PNG files, 8 bits per channel. https://www.w3.org/TR/png-3/ */
import { checkArguments } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import type { Channels, Picture } from '../picture.ts'
import { crc32 } from './checksums.ts'
import { deflate } from './deflate.ts'
import { filterRows } from './filter-rows.ts'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Gray, RGB and RGBA. */
const COLOR_TYPES: Readonly<Record<Channels, number>> = { 1: 0, 3: 2, 4: 6 }

function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(data.length + 12)
  const view = new DataView(result.buffer)
  view.setUint32(0, data.length)
  for (let index = 0; index < 4; index++) result[4 + index] = type.charCodeAt(index)
  result.set(data, 8)
  view.setUint32(8 + data.length, crc32(result.subarray(4, 8 + data.length)))
  return result
}

function header({ width, height, channels }: Picture): Uint8Array {
  const result = new Uint8Array(13)
  const view = new DataView(result.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  result.set([8, COLOR_TYPES[channels], 0, 0, 0], 8)
  return result
}

/** The bytes of a PNG file: gray, RGB or RGBA like the picture, deflated. Lossless, synchronous, without dependencies. */
export function encodePng(picture: Picture): Uint8Array<ArrayBuffer> {
  checkArguments('encodePng()', { picture: [picture, argument.picture] })
  const { data, height, width, channels } = picture
  const parts = [
    SIGNATURE,
    chunk('IHDR', header(picture)),
    chunk('IDAT', deflate(filterRows(data, height, width, channels))),
    chunk('IEND', new Uint8Array()),
  ]
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

/** Number of characters per call, because engines limit the number of arguments. */
const CHARACTERS = 8192

/** A PNG file in base64. The `src` of an image is `data:image/png;base64,` and this text. */
export function pngBase64(picture: Picture): string {
  const bytes = encodePng(picture)
  let text = ''
  for (let at = 0; at < bytes.length; at += CHARACTERS) text += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS))
  return btoa(text)
}
