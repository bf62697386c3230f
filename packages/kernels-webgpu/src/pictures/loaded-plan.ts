/** A plan of pictures on a device: its tables, its kernels in order, and their results. */
import type { PicturePlan, PicturePlanStep } from '@onebit/core'
import type { DeviceContext } from '../device/device-context.ts'
import { USAGE } from '../device/usage.ts'
import { flatGrid, type Grid } from '../program/grid.ts'
import {
  BORDER_SIZES,
  borderOf,
  COLUMN_SIZES,
  columnsOf,
  FRAME_SIZES,
  frameOf,
  type PictureKernel,
  ROW_SIZES,
  ROWS,
} from './picture-kernels.ts'

/** `texture` stands for the texture of the current picture. */
type Bound = GPUBuffer | 'texture'

interface Pass {
  readonly kernel: PictureKernel
  readonly grid: Grid
  /** Resources of the bindings from 1 on. */
  readonly bound: readonly Bound[]
}

type Sizes<Names extends readonly string[]> = Readonly<Record<'items' | Names[number], number>>

/** All kernels that plans of this many channels may need. They are compiled before a picture waits. */
export function kernelsOf(channels: 1 | 3): readonly PictureKernel[] {
  return [
    columnsOf('texture', channels),
    columnsOf('frame', channels),
    ROWS,
    borderOf(channels),
    frameOf(channels, false),
    frameOf(channels, true),
  ]
}

export class LoadedPlan {
  readonly plan: PicturePlan
  /** Holds the input after the passes. */
  readonly result: GPUBuffer
  /** Rejects if the device lacks the memory. */
  readonly ready: Promise<unknown>
  readonly passes: readonly Pass[]
  readonly #context: DeviceContext
  readonly #buffers: GPUBuffer[] = []
  readonly #waits: Promise<void>[] = []

  constructor(plan: PicturePlan, context: DeviceContext) {
    this.plan = plan
    this.#context = context
    const passes: Pass[] = []
    let frame: { readonly buffer: Bound; readonly width: number } = { buffer: 'texture', width: plan.width }
    for (const [index, step] of plan.steps.entries()) {
      const buffer = this.#addStep(step, frame, index === plan.steps.length - 1, passes)
      frame = { buffer, width: step.frame.width }
    }
    this.passes = passes
    this.result = frame.buffer as GPUBuffer
    this.ready = Promise.all(this.#waits)
    this.ready.catch(() => {})
  }

  #allocate(words: number): GPUBuffer {
    const usage = USAGE.storage | USAGE.copySource | USAGE.copyDestination
    const { buffer, ready } = this.#context.memory.allocate('a picture', 4 * words, usage)
    this.#buffers.push(buffer)
    this.#waits.push(ready)
    return buffer
  }

  #upload(data: Float32Array | Uint32Array): GPUBuffer {
    const buffer = this.#allocate(data.length)
    this.#context.device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>)
    return buffer
  }

  #sizes<const Names extends readonly string[]>(names: Names, sizes: Sizes<Names>): GPUBuffer {
    const given = sizes as Readonly<Record<string, number>>
    return this.#upload(Uint32Array.from([given.items, ...names.map((name) => given[name])]))
  }

  /** Adds the passes of a step. Returns its frame. */
  #addStep(
    { columns, rows, frame, top, left, fill }: PicturePlanStep,
    source: { readonly buffer: Bound; readonly width: number },
    isLast: boolean,
    passes: Pass[],
  ): GPUBuffer {
    const { channels, background, normalization } = this.plan
    const [width, height] = [columns.first.length, rows.first.length]
    const firstRow = rows.first[0]
    const lines = rows.first[height - 1] + rows.taps - firstRow
    const add = (kernel: PictureKernel, grid: Grid, ...bound: readonly Bound[]): void => void passes.push({ kernel, grid, bound })

    const scaled = this.#allocate(lines * width * channels)
    const [red, green, blue] = background
    const place = { width, taps: columns.taps, firstRow, sourceWidth: source.width, red, green, blue }
    add(
      columnsOf(source.buffer === 'texture' ? 'texture' : 'frame', channels),
      flatGrid(lines * width),
      this.#sizes(COLUMN_SIZES, { items: lines * width, ...place }),
      source.buffer,
      this.#upload(Uint32Array.from(columns.first)),
      this.#upload(columns.weights),
      scaled,
    )
    const part = this.#allocate(height * width * channels)
    add(
      ROWS,
      flatGrid(height * width * channels),
      this.#sizes(ROW_SIZES, { items: height * width * channels, lineLength: width * channels, taps: rows.taps }),
      this.#upload(Uint32Array.from(rows.first, (row) => row - firstRow)),
      this.#upload(rows.weights),
      scaled,
      part,
    )
    const color = this.#upload(new Float32Array(channels).fill(fill === 'border' ? 0 : fill))
    if (fill === 'border' && (frame.height > height || frame.width > width)) {
      add(borderOf(channels), [channels, 1, 1], this.#sizes(BORDER_SIZES, { items: height * width, width }), part, color)
    }
    const values = frame.height * frame.width * channels
    const framed = this.#allocate(values)
    add(
      frameOf(channels, isLast),
      flatGrid(values),
      this.#sizes(FRAME_SIZES, { items: values, width: frame.width, top, left, partHeight: height, partWidth: width }),
      part,
      color,
      framed,
      ...(isLast ? [this.#upload(normalization)] : []),
    )
    return framed
  }

  /** Frees the memory. Submitted work may still read it. */
  dispose(): void {
    for (const buffer of this.#buffers) this.#context.memory.free(buffer)
  }
}
