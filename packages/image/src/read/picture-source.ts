/** What people have pictures in. */

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
 * or a worker; files need one too, or a decoder.
 */
export type PictureSource = PixelData | PixelTensor | CanvasImageSource | Blob

/** Turns a file into pixels, its orientation applied. Throws on a file that is no picture. */
export type DecodeFile = (file: Blob) => Promise<PixelData>

/** The name of a value's class, which survives the way from another window: `instanceof` does not. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

export function isFile(source: object): source is Blob {
  return ['Blob', 'File'].includes(tagOf(source))
}

export function isTensor(source: object): source is PixelTensor {
  return 'data' in source && typeof source.data === 'function' && 'shape' in source && Array.isArray(source.shape)
}

export function isPixelData(source: object): source is PixelData {
  return 'data' in source && typeof source.data === 'object' && source.data !== null && 'width' in source && 'height' in source
}
