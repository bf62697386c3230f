/** What people have pictures in. */
import { tagOf, type Web } from '@onebit/core'

/** Values of pixels, row by row: `{ data, width, height }` with 1, 3 or 4 values a pixel (gray, RGB, RGBA). `ImageData` is one. */
export interface PixelData {
  /** From 0 to 255, rounded; a `Uint16Array` from 0 to 65,535, of which the high byte is taken; a `Float16Array` from 0 to 1. */
  readonly data: ArrayLike<number>
  readonly width: number
  readonly height: number
}

/** `[height, width]` or `[height, width, 1, 3 or 4]`, values from 0 to 255, rounded. A `tf.Tensor` is one; it is read, not disposed. */
export interface PixelTensor {
  readonly shape: readonly number[]
  data(): Promise<ArrayLike<number>>
}

/**
 * Pixels, a tensor, what a canvas draws (`ImageBitmap`, canvas, `<img>`, video, video frame), or a file as a `Blob`. Canvases need a browser
 * or a worker; files need one too, or a decoder. Networks on a GPU also take a texture on their own device.
 */
export type PictureSource = PixelData | PixelTensor | CanvasSource | Web<'Blob' | 'GPUTexture'>

/** What a canvas draws, where there are canvases. */
export type CanvasSource = Web<
  | 'HTMLImageElement'
  | 'SVGImageElement'
  | 'HTMLVideoElement'
  | 'HTMLCanvasElement'
  | 'ImageBitmap'
  | 'OffscreenCanvas'
  | 'VideoFrame'
>

/** Turns a file into pixels, its orientation applied. Throws on a file that is no picture. */
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
