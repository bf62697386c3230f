/** Reads any source of pictures. */
import { checkArguments, describeValue, rules, tagOf, type Web } from '@onebit/core'
import type { Picture } from '../picture.ts'
import { PictureError } from '../picture-error.ts'
import { drawSource, isDrawable } from './draw-source.ts'
import { type DecodeFile, isFile, isPixelData, isTensor, type PictureSource, type PixelTensor } from './picture-source.ts'
import { fromPixelData } from './pixel-bytes.ts'

/**
 * The picture of a source, with the pixels of its decoder or canvas. `preparePicture` handles gray and alpha later. A canvas
 * stores colors multiplied by their alpha. Over black, transparent pixels give the same result as those of a file; over other
 * backgrounds the result may differ by 1.
 * @param decode Decodes files. Default: the browser's own decoder, which applies the camera's orientation.
 * @throws PictureError, whose `reason` says why there is no picture; and whatever `decode` throws.
 */
export async function readPicture(source: PictureSource, decode?: DecodeFile): Promise<Picture> {
  checkArguments('readPicture()', { decode: [decode, rules.optional(rules.callback)] })
  if (typeof source === 'object' && source !== null) {
    if (isFile(source)) return decode ? fromPixelData(await decode(source)) : decodeInBrowser(source)
    if (isDrawable(source)) return drawSource(source)
    if (isTensor(source)) return fromTensor(source)
    if (isPixelData(source)) return fromPixelData(source)
  }
  if (tagOf(source) === 'GPUTexture') {
    throw new PictureError({
      reason: 'unsupported',
      what: 'A GPUTexture stays on its GPU.',
      expected: 'a network that runs on the same device',
      received: 'a GPUTexture',
      fix: 'Load the network with webgpu({ device }), the device of the texture; or draw it on a canvas, and give that.',
    })
  }
  throw new PictureError({
    reason: 'no-picture',
    what: 'This value is not a source of pictures.',
    expected: '{ data, width, height } with 0 to 255 in `data`, a tensor, a Blob, or a source that a canvas can draw',
    received: tagOf(source) === 'Promise' ? describeValue(source) : tagOf(source),
  })
}

async function fromTensor(tensor: PixelTensor): Promise<Picture> {
  const [height, width] = tensor.shape
  const { length } = tensor.shape
  if (length !== 2 && length !== 3) {
    throw new PictureError({
      reason: 'misshapen',
      what: 'This tensor is not a picture.',
      expected: '[height, width] or [height, width, channels]',
      received: `[${tensor.shape}]`,
      fix: 'Pass one tensor for each image.',
    })
  }
  return fromPixelData({ data: await valuesOf(tensor), width, height })
}

async function valuesOf(tensor: PixelTensor): Promise<ArrayLike<number>> {
  try {
    return await tensor.data()
  } catch (cause) {
    throw new PictureError(
      {
        reason: 'closed',
        what: 'The tensor cannot be read.',
        received: (cause as Error).message,
        fix: 'Dispose it only after it was read.',
      },
      { cause },
    )
  }
}

/** A file, decoded by the browser. The caller closes it. @throws PictureError. */
export async function bitmapOf(file: Web<'Blob'>): Promise<ImageBitmap> {
  if (typeof createImageBitmap === 'undefined') {
    throw new PictureError({
      reason: 'unsupported',
      what: 'A file cannot be decoded here.',
      expected: 'a browser, or a decoder',
      received: 'a Blob',
      fix: 'Give `decode`, or decode the picture to pixels first.',
    })
  }
  return createImageBitmap(file).catch((cause: Error) => {
    throw new PictureError(
      {
        reason: 'undecodable',
        what: 'The file cannot be decoded as a picture.',
        expected: 'a whole file of a format that this browser knows: PNG, JPEG, WebP, for example',
        received: `${file.size} bytes${file.type && ` of ${file.type}`}: ${cause.message}`,
        fix: 'Draw an SVG file by an <img>; convert others.',
      },
      { cause },
    )
  })
}

async function decodeInBrowser(file: Web<'Blob'>): Promise<Picture> {
  const bitmap = await bitmapOf(file)
  try {
    return drawSource(bitmap)
  } finally {
    bitmap.close()
  }
}
