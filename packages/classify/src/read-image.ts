/** What people have images in, as pixels: raw pixels and tensors anywhere, files with a decoder, in browsers whatever a canvas can draw. */
import { InputError, type Web } from '@onebit/core'
import type { Pixels } from './resize-bilinear.ts'

/** Anything with `width`, `height` and `data`; 1, 3 or 4 values a pixel (gray, RGB, RGBA) from 0 to 255. `ImageData` is one. */
export interface PixelImage {
  readonly data: ArrayLike<number>
  readonly width: number
  readonly height: number
}

/** `[height, width]` or `[height, width, 1, 3 or 4]`, values from 0 to 255. A `tf.Tensor` is one; it is read, not disposed. */
export interface PixelTensor {
  readonly shape: readonly number[]
  data(): Promise<ArrayLike<number>>
}

/**
 * Pixels, a tensor, what a canvas draws (`ImageBitmap`, canvas, `<img>`, video frame), or a file as a `Blob`. Canvases need a browser or
 * a worker; files need one too, or a decoder.
 */
export type ImageSource = PixelImage | PixelTensor | Drawable | Web<'Blob'>

/** `CanvasImageSource`, as far as a project has the types. */
type Drawable =
  | Web<'ImageBitmap'>
  | Web<'HTMLCanvasElement'>
  | Web<'OffscreenCanvas'>
  | Web<'HTMLImageElement'>
  | Web<'HTMLVideoElement'>
  | Web<'SVGImageElement'>
  | Web<'VideoFrame'>

/** Turns a file into pixels, its orientation applied. Throws on a file that is no image. */
export type DecodeFile = (file: Web<'Blob'>) => Promise<PixelImage>

function isPixelImage(source: ImageSource): source is PixelImage {
  return 'data' in source && 'width' in source && 'height' in source
}

function isTensor(source: ImageSource): source is PixelTensor {
  return 'data' in source && typeof source.data === 'function' && 'shape' in source && Array.isArray(source.shape)
}

function refuse(what: string, expected: string, received?: string, fix?: string): never {
  throw new InputError({ what, expected, received, fix })
}

function sizeOf(source: CanvasImageSource): [number, number] {
  const shown = source as { naturalWidth?: number; naturalHeight?: number; videoWidth?: number; videoHeight?: number }
  const plain = source as { width?: unknown; height?: unknown; displayWidth?: number; displayHeight?: number }
  const width = shown.naturalWidth ?? shown.videoWidth ?? plain.displayWidth ?? plain.width
  const height = shown.naturalHeight ?? shown.videoHeight ?? plain.displayHeight ?? plain.height
  if (typeof width === 'number' && typeof height === 'number' && width > 0 && height > 0) return [width, height]
  return refuse(
    'The image has no size.',
    'an image that has loaded',
    `${String(width)} x ${String(height)}`,
    'Await its decode().',
  )
}

function draw(source: CanvasImageSource): PixelImage {
  if (typeof OffscreenCanvas === 'undefined') {
    refuse(
      'This is no pixel data, and there is no canvas here to draw it on.',
      '{ data, width, height } with 0 to 255 in `data`',
      typeof source,
      'Decode the image first; in Node, for example with sharp: .raw().toBuffer({ resolveWithObject: true }).',
    )
  }
  const [width, height] = sizeOf(source)
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!
  context.drawImage(source, 0, 0)
  return context.getImageData(0, 0, width, height)
}

async function fromTensor(tensor: PixelTensor): Promise<PixelImage> {
  const [height, width] = tensor.shape
  const { length } = tensor.shape
  if (length !== 2 && length !== 3) {
    refuse(
      'This tensor is no image.',
      '[height, width] or [height, width, channels]',
      `[${tensor.shape}]`,
      'Give one image a tensor.',
    )
  }
  return { data: await tensor.data(), width, height }
}

const decodeInBrowser: DecodeFile = async (file) => {
  if (typeof createImageBitmap === 'undefined') {
    refuse(
      'A file cannot be decoded here.',
      'a browser, or a decoder',
      'a Blob',
      'Give `decode`, or decode the image to pixels first.',
    )
  }
  const bitmap = await createImageBitmap(file)
  try {
    return draw(bitmap)
  } finally {
    bitmap.close()
  }
}

async function toPixelImage(source: ImageSource, decode: DecodeFile): Promise<PixelImage> {
  if (isPixelImage(source)) return source
  if (isTensor(source)) return fromTensor(source)
  if (typeof Blob !== 'undefined' && source instanceof Blob) return decode(source)
  return draw(source as CanvasImageSource)
}

/** Rec. 601, as JPEG's luminance. */
const LUMINANCE = [0.299, 0.587, 0.114] as const

/**
 * An image with the channels that a network takes. What is transparent shows black; gray is repeated, color becomes luminance.
 * @throws InputError if the numbers of pixels and values do not fit, or the image cannot be drawn here.
 */
export async function readImage(source: ImageSource, channels: number, decode = decodeInBrowser): Promise<Pixels> {
  const { data, width, height } = await toPixelImage(source, decode)
  const count = width * height
  const given = data.length / count
  if (!(count > 0) || (given !== 1 && given !== 3 && given !== 4)) {
    refuse('The pixels do not fit the size.', `1, 3 or 4 x ${width} x ${height} values`, `${data.length}`)
  }
  if (channels !== 1 && channels !== 3) refuse('This network takes no images.', '1 or 3 channels', `${channels}`)
  const result = new Float32Array(count * channels)
  for (let pixel = 0; pixel < count; pixel++) {
    const opacity = given === 4 ? data[pixel * 4 + 3] / 255 : 1
    const value = (channel: number): number => data[pixel * given + (given === 1 ? 0 : channel)] * opacity
    if (channels === 3) for (let channel = 0; channel < 3; channel++) result[pixel * 3 + channel] = value(channel)
    else result[pixel] = given === 1 ? value(0) : LUMINANCE.reduce((sum, share, channel) => sum + share * value(channel), 0)
  }
  return { data: result, width, height, channels }
}
