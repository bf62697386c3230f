/** Pictures straight to a network on a GPU, which prepares them itself: their pixels are never read back. */
import {
  type GpuExecutable,
  type GpuPicture,
  InputError,
  type LoadedNetwork,
  type PicturePlan,
  type RunOptions,
  type RunOutput,
  tagOf,
} from '@onebit/core'
import type { Affine } from './affine.ts'
import type { Normalization } from './normalization.ts'
import type { Extent } from './picture.ts'
import { picturePlan } from './picture-plan.ts'
import { defaultPreparation, type Preparation } from './preparation.ts'
import { preparationAffine } from './prepare-picture.ts'
import { sizeOf } from './read/draw-source.ts'
import { type CanvasSource, type DecodeFile, isFile, type PictureSource } from './read/picture-source.ts'
import { bitmapOf } from './read/read-picture.ts'

/** What a network gives for pictures. */
export interface Computed {
  readonly results: Readonly<Record<string, RunOutput>>
  readonly pictures: readonly Extent[]
  readonly toInput: readonly Affine[]
}

export interface ComputeOptions {
  readonly preparation?: Preparation
  readonly normalization?: Normalization
  readonly decode?: DecodeFile
}

interface OnGpu extends Extent {
  readonly picture: GpuPicture
  close?(): void
}

const VIDEOS = ['HTMLVideoElement', 'VideoFrame']
/** What browsers copy to a GPU as it is. */
const COPIED = ['ImageBitmap', 'HTMLCanvasElement', 'OffscreenCanvas', ...VIDEOS]

const isVideo = (source: unknown): boolean => VIDEOS.includes(tagOf(source))

interface Taking {
  readonly decode?: DecodeFile
  /** Browsers without a graphics driver do not copy videos to a GPU, but make bitmaps of them, which they copy. */
  readonly videosAsBitmaps: boolean
}

/** A source as a GPU reads it, or undefined if the processor has to. @throws PictureError if there is no picture. */
async function takeForGpu(source: PictureSource, { decode, videosAsBitmaps }: Taking): Promise<OnGpu | undefined> {
  if (typeof source !== 'object' || source === null) return undefined
  const kind = tagOf(source)
  if (kind === 'GPUTexture') {
    const texture = source as Extract<GpuPicture, { createView: unknown }>
    return { picture: texture, height: texture.height, width: texture.width }
  }
  if (COPIED.includes(kind) && !(videosAsBitmaps && isVideo(source))) {
    const [width, height] = sizeOf(source as CanvasSource)
    return { picture: source as GpuPicture, height, width }
  }
  // A bitmap is turned as the camera noted; an image element need not be.
  const isDecodable = isFile(source) ? !decode : kind === 'HTMLImageElement' || isVideo(source)
  if (!isDecodable || typeof createImageBitmap === 'undefined') return undefined
  const bitmap = await (isFile(source) ? bitmapOf(source) : createImageBitmap(source as ImageBitmapSource).catch(() => undefined))
  return bitmap && { picture: bitmap, height: bitmap.height, width: bitmap.width, close: () => bitmap.close() }
}

/**
 * A function that runs pictures on a network's GPU. It gives undefined where the processor has to prepare them: the backend has no GPU, a
 * source is in the processor's memory, or a GPU refuses it.
 */
export function gpuComputer(
  network: LoadedNetwork,
  { preparation, normalization, decode }: ComputeOptions,
): (sources: readonly PictureSource[], options?: RunOptions) => Promise<Computed | undefined> {
  const [{ name, shape: input }] = network.inputs
  // Frames of a video have one size: a GPU keeps the tables of a plan as long as it is the same object.
  let last: PicturePlan | undefined
  const planOf = ({ height, width }: Extent): PicturePlan => {
    if (last?.height !== height || last.width !== width)
      last = picturePlan({ height, width }, preparation, { input, normalization })
    return last
  }
  let videosAsBitmaps = false
  const runOn = async (
    gpu: GpuExecutable,
    sources: readonly PictureSource[],
    options?: RunOptions,
  ): Promise<Computed | undefined> => {
    const taken = await Promise.allSettled(sources.map((source) => takeForGpu(source, { decode, videosAsBitmaps })))
    const pictures = taken.flatMap((result) => (result.status === 'fulfilled' && result.value ? result.value : []))
    try {
      const failed = taken.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
      if (pictures.length < sources.length) return undefined
      const inputs = pictures.map((given) => ({ picture: given.picture, plan: planOf(given) }))
      const results = await gpu.run({ [name]: inputs }, options)
      const steps = preparation ?? defaultPreparation([input[0], input[1]])
      return { results, pictures, toInput: pictures.map((picture) => preparationAffine(picture, steps)) }
    } finally {
      for (const picture of pictures) picture.close?.()
    }
  }
  const compute: ReturnType<typeof gpuComputer> = async (sources, options) => {
    if (!network.gpu) return undefined
    try {
      return await runOn(network.gpu, sources, options)
    } catch (error) {
      if (InputError.isInstance(error) && !videosAsBitmaps && sources.some(isVideo)) {
        videosAsBitmaps = true
        return compute(sources, options)
      }
      // The processor tells better what is wrong with a picture, and `auto` may have left the GPU.
      const isTexture = sources.some((source) => tagOf(source) === 'GPUTexture')
      if (!isTexture && (InputError.isInstance(error) || !network.gpu)) return undefined
      throw error
    }
  }
  return compute
}
