import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Sharp } from '../src/images/decode-image.ts'

/** The path of `sharp` for workers. */
export const sharpPath = createRequire(import.meta.url).resolve('sharp')

/** The part of `sharp` with which tests make images. */
interface Maker {
  jpeg(options?: { quality?: number; force?: boolean }): Maker
  png(): Maker
  toColourspace(space: string): Maker
  withMetadata(options: { orientation: number }): Maker
  toBuffer(): Promise<Uint8Array<ArrayBuffer>>
}
type MakerOf = (pixels: Uint8Array | Uint16Array, options: { raw: { width: number; height: number; channels: number } }) => Maker

export const sharp = (await import(pathToFileURL(sharpPath).href)).default as Sharp & MakerOf

/** An image of one color, as a `sharp` object. */
export function plain(height: number, width: number, color: readonly number[]): Maker {
  const pixels = Uint8Array.from({ length: height * width * color.length }, (_, index) => color[index % color.length])
  return sharp(pixels, { raw: { width, height, channels: color.length } })
}

/** A JPEG file of one color. */
export const plainJpeg = (height: number, width: number, color: readonly number[]): Promise<Uint8Array<ArrayBuffer>> =>
  plain(height, width, color).jpeg({ quality: 100 }).toBuffer()
