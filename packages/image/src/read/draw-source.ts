/** Reads the pixels of sources that a canvas can draw: images, bitmaps, other canvases, videos. */
import { tagOf } from '@onebit/core'
import { requirePixels } from '../limits.ts'
import { type Picture, pictureOf } from '../picture.ts'
import { PictureError, type PictureErrorReason } from '../picture-error.ts'
import type { CanvasSource } from './picture-source.ts'

/** The size and state of a source. Each kind has some of these fields. */
interface Drawable {
  readonly width?: unknown
  readonly height?: unknown
  readonly naturalWidth?: number
  readonly naturalHeight?: number
  readonly videoWidth?: number
  readonly videoHeight?: number
  readonly displayWidth?: number
  readonly displayHeight?: number
}

/** For each kind, by the name of its class: how to find its size, and the error if it has none. */
const KINDS: Readonly<
  Record<string, { sizeOf(source: Drawable): readonly unknown[]; without: PictureErrorReason; fix: string }>
> = {
  HTMLImageElement: {
    sizeOf: ({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight],
    without: 'not-loaded',
    fix: 'Await its decode(), which also tells whether it failed to load.',
  },
  SVGImageElement: {
    sizeOf: ({ width, height }) => [width, height].map((side) => (side as SVGAnimatedLength).baseVal.value),
    without: 'not-loaded',
    fix: 'Await its load event, and give it a width and a height.',
  },
  HTMLVideoElement: {
    sizeOf: ({ videoWidth, videoHeight }) => [videoWidth, videoHeight],
    without: 'not-loaded',
    fix: 'Await its loadeddata event.',
  },
  VideoFrame: {
    sizeOf: ({ displayWidth, displayHeight }) => [displayWidth, displayHeight],
    without: 'closed',
    fix: 'Close it only after it was read.',
  },
  ImageBitmap: { sizeOf: ({ width, height }) => [width, height], without: 'closed', fix: 'Close it only after it was read.' },
  HTMLCanvasElement: { sizeOf: ({ width, height }) => [width, height], without: 'empty', fix: 'Draw something on it first.' },
  OffscreenCanvas: { sizeOf: ({ width, height }) => [width, height], without: 'empty', fix: 'Draw something on it first.' },
}

/** True if a canvas can draw the value, from whatever window it comes. */
export function isDrawable(source: object): source is CanvasSource {
  return Object.hasOwn(KINDS, tagOf(source))
}

/** @throws PictureError if it is not loaded, or closed. */
export function sizeOf(source: CanvasSource): readonly [width: number, height: number] {
  const kind = tagOf(source)
  const { sizeOf, without, fix } = KINDS[kind]
  const [width, height] = sizeOf(source as Drawable).map((side) => Math.round(Number(side ?? 0)))
  if (width > 0 && height > 0) return [width, height]
  throw new PictureError({
    reason: without,
    what: `The ${kind} has no pixels.`,
    expected: 'one that is loaded and open',
    received: `${width} x ${height}`,
    fix,
  })
}

function canvasOf(width: number, height: number): OffscreenCanvas | HTMLCanvasElement {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height)
  if (typeof document !== 'undefined') return Object.assign(document.createElement('canvas'), { width, height })
  throw new PictureError({
    reason: 'unsupported',
    what: 'There is no canvas here to draw the picture on.',
    expected: 'a browser or a worker, or pixels: { data, width, height } with 0 to 255 in `data`',
    fix: 'Decode the picture first; in Node, for example with sharp: .raw().toBuffer({ resolveWithObject: true }).',
  })
}

/** @throws PictureError. */
export function drawSource(source: CanvasSource): Picture {
  const [width, height] = sizeOf(source)
  requirePixels(width, height)
  try {
    const context = canvasOf(width, height).getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
    if (context === null) throw new RangeError('The canvas has no context.')
    context.drawImage(source, 0, 0, width, height)
    const { data } = context.getImageData(0, 0, width, height)
    return pictureOf(new Uint8Array(data.buffer), width, height)
  } catch (error) {
    throw PictureError.isInstance(error) ? error : pictureErrorFrom(error, tagOf(source), `${width} x ${height}`)
  }
}

/** The `PictureError` for a browser's error in drawing or reading, by that error's name. */
function pictureErrorFrom(error: unknown, kind: string, size: string): PictureError {
  const cause = error as Error
  const received = `${cause.name}: ${cause.message}`
  if (cause.name === 'SecurityError') {
    return new PictureError(
      {
        reason: 'tainted',
        what: `The ${kind} holds pixels of another site, which the browser does not show to this one.`,
        received,
        fix: 'Serve the picture from this site, or with CORS headers and crossorigin="anonymous" on its element.',
      },
      { cause },
    )
  }
  if (cause.name === 'RangeError') {
    return new PictureError(
      {
        reason: 'too-large',
        what: 'The canvas here cannot hold the picture.',
        received: `${size}; ${received}`,
        fix: 'Reduce it first.',
      },
      { cause },
    )
  }
  const broken = kind === 'HTMLImageElement' || kind === 'SVGImageElement' || kind === 'HTMLVideoElement'
  return new PictureError(
    {
      reason: broken ? 'not-loaded' : 'closed',
      what: `The ${kind} cannot be drawn.`,
      expected: 'one that is loaded and open',
      received,
      fix: KINDS[kind].fix,
    },
    { cause },
  )
}
