/** Sources of pictures. */
import { tagOf, type Web } from '@onebit/core'

/** Pixel values, row by row: `{ data, width, height }` with 1, 3 or 4 values per pixel (gray, RGB, RGBA), like `ImageData`. */
export interface PixelData {
  /** From 0 to 255, rounded. A `Uint16Array` is from 0 to 65,535, and its high bytes count; a `Float16Array` from 0 to 1. */
  readonly data: ArrayLike<number>
  readonly width: number
  readonly height: number
}

/** `[height, width]` or `[height, width, 1, 3 or 4]`, values from 0 to 255, rounded; a `tf.Tensor`, say. It is not disposed. */
export interface PixelTensor {
  readonly shape: readonly number[]
  data(): Promise<ArrayLike<number>>
}

/**
 * Pixels, a tensor, a source that a canvas can draw (`ImageBitmap`, canvas, `<img>`, video, video frame), or a file as a `Blob`.
 * Canvases need a browser or a worker; files need one too, or a decoder. Networks on a GPU also take a texture on their own device.
 */
export type PictureSource = PixelData | PixelTensor | CanvasSource | Web<'Blob' | 'GPUTexture'>

/** Sources that a canvas can draw. */
export type CanvasSource = Web<
  | 'HTMLImageElement'
  | 'SVGImageElement'
  | 'HTMLVideoElement'
  | 'HTMLCanvasElement'
  | 'ImageBitmap'
  | 'OffscreenCanvas'
  | 'VideoFrame'
>

/** Decodes a file to pixels and applies its orientation. Throws if the file is not a picture. */
export type DecodeFile = (file: Web<'Blob'>) => Promise<PixelData>

export function isFile(source: object): source is Web<'Blob'> {
  return ['Blob', 'File'].includes(tagOf(source))
}

export function isTensor(source: object): source is PixelTensor {
  return 'data' in source && typeof source.data === 'function' && 'shape' in source && Array.isArray(source.shape)
}

export function isPixelData(source: object): source is PixelData {
  return 'data' in source && typeof source.data === 'object' && source.data !== null && 'width' in source && 'height' in source
}
