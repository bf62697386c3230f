/** What a backend on a GPU can do beside `run`: read pictures where they are, and leave outputs where they are computed. */
import type { DataType } from '../graph/graph.ts'
import type { Web } from '../platform/web-types.ts'
import type { RunInput, RunOptions, RunOutput } from './run-values.ts'

/** Which pixels of a line make one of a resampled line, and with which weights. */
export interface ResamplingAxis {
  /** For each place of the result: the first place of the source that it reads. Never falls. */
  readonly first: Int32Array
  /** `[places, taps]`, each row summing to 1. */
  readonly weights: Float32Array
  /** Places of the source that each place of the result reads. */
  readonly taps: number
}

/** One step of a preparation: a resampling, rounded to bytes (halves up), and its place in a frame. */
export interface PicturePlanStep {
  readonly columns: ResamplingAxis
  readonly rows: ResamplingAxis
  /** What the step makes, in pixels. */
  readonly frame: { readonly height: number; readonly width: number }
  /** Where the resampled part lies in the frame; it has a pixel for each place of `rows` and `columns`. */
  readonly top: number
  readonly left: number
  /** What lies beyond the part: a byte, or the mean color of the part's border. */
  readonly fill: number | 'border'
}

/** How a picture of one size becomes an input, as numbers alone. `@onebit/image` makes it of a network's preparation. */
export interface PicturePlan {
  /** Of the picture, in pixels. */
  readonly height: number
  readonly width: number
  /** 3: alpha is laid over `background`; 1: that becomes luma. */
  readonly channels: 1 | 3
  /** Bytes of red, green and blue. */
  readonly background: readonly [red: number, green: number, blue: number]
  /** The first one reads the picture, each other one the frame before it. */
  readonly steps: readonly PicturePlanStep[]
  /** The float of each byte: `[channels, 256]`, row-major. */
  readonly normalization: Float32Array
}

/** Red, green, blue and straight alpha as bytes, row by row. An `ImageData` is one. */
export interface PixelBytes {
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/**
 * Where a GPU reads pictures: what browsers copy to it, a texture on the network's own device (of a float format, with the usage
 * TEXTURE_BINDING), or bytes.
 */
export type GpuPicture =
  | PixelBytes
  | Web<'HTMLVideoElement' | 'VideoFrame' | 'HTMLCanvasElement' | 'OffscreenCanvas' | 'ImageBitmap' | 'GPUTexture'>

export interface PictureInput {
  readonly picture: GpuPicture
  readonly plan: PicturePlan
}

/** For each input of the graph, by name: an array, as in `run`, or the pictures of a batch. */
export type GpuInputs = Readonly<Record<string, RunInput | readonly PictureInput[]>>

/** An output in the memory of the device. */
export interface GpuOutput {
  /** Usages: STORAGE, COPY_SRC, VERTEX. 32 bits a number, row-major, batch first. Bits lie in words of 32 channels, and each row begins one. */
  readonly buffer: Web<'GPUBuffer'>
  /** With the batch in front. */
  readonly shape: readonly number[]
  readonly dtype: DataType
}

/** The outputs of a run. They belong to the caller, and outlive the network. */
export interface GpuOutputs {
  readonly values: Readonly<Record<string, GpuOutput>>
  /** Frees the buffers; work that was submitted may still read them. Harmless when repeated. */
  release(): void
}

export interface GpuExecutable {
  /** What the network runs on; another device after that one was lost. */
  readonly device: Web<'GPUDevice'>
  /**
   * `run`, with pictures too. It throws what `run` throws, and an InputError on a picture that cannot be read, does not fit its plan, or is
   * too large for the device.
   */
  run(inputs: GpuInputs, options?: RunOptions): Promise<Record<string, RunOutput>>
  /**
   * The same, with outputs that stay on the device. When it resolves, the device has taken the work, and later submits see its results. Until
   * `release`, the buffers count as the backend's memory.
   */
  runToBuffers(inputs: GpuInputs, options?: RunOptions): Promise<GpuOutputs>
}
