/** Makes inputs from pictures on a device. It keeps the last plan's tables and one texture, so video frames need no memory. */
import { type GpuPicture, InputError, type PictureInput, type PicturePlan, tagOf } from '@onebit/core'
import type { DeviceContext } from '../device/device-context.ts'
import type { TextureAllocation } from '../device/device-memory.ts'
import { TEXTURE_USAGE } from '../device/usage.ts'
import { isBytes } from './check-inputs.ts'
import { kernelsOf, LoadedPlan } from './loaded-plan.ts'

type External = Parameters<GPUQueue['copyExternalImageToTexture']>[0]['source']

/** The place for the input of a picture. */
export interface Destination {
  readonly buffer: GPUBuffer
  /** Offset in bytes, a multiple of 4. */
  readonly offset: number
}

export class PicturePreparer {
  readonly #context: DeviceContext
  readonly #pipelines = new Map<string, GPUComputePipeline>()
  #loaded: LoadedPlan | undefined
  #texture: TextureAllocation | undefined
  #bound: { readonly plan: LoadedPlan; readonly texture: GPUTexture; readonly groups: readonly GPUBindGroup[] } | undefined

  constructor(context: DeviceContext) {
    this.#context = context
  }

  /**
   * Compiles the kernels for plans of this many channels. `record` needs them.
   * @throws DeviceError if the device refuses a kernel.
   */
  async compile(channels: 1 | 3): Promise<void> {
    const { pipelines } = this.#context
    await Promise.all(kernelsOf(channels).map(async (kernel) => this.#pipelines.set(kernel.code, await pipelines.of(kernel))))
  }

  /**
   * Copies a picture to the device, and records the kernels that make an input from it. Submit it before the next picture is
   * recorded.
   * @returns A promise that rejects if the device lacks the memory.
   * @throws InputError if the picture cannot be read.
   */
  record({ picture, plan }: PictureInput, encoder: GPUCommandEncoder, { buffer, offset }: Destination): Promise<unknown> {
    const loaded = this.#load(plan)
    const groups = this.#bind(loaded, this.#textureOf(picture, plan))
    const pass = encoder.beginComputePass()
    loaded.passes.forEach(({ kernel, grid }, index) => {
      pass.setPipeline(this.#pipelines.get(kernel.code)!)
      pass.setBindGroup(0, groups[index])
      pass.dispatchWorkgroups(...grid)
    })
    pass.end()
    const { frame } = plan.steps.at(-1)!
    encoder.copyBufferToBuffer(loaded.result, 0, buffer, offset, 4 * frame.height * frame.width * plan.channels)
    return Promise.all([loaded.ready, this.#texture?.ready])
  }

  #load(plan: PicturePlan): LoadedPlan {
    if (this.#loaded?.plan === plan) return this.#loaded
    this.#loaded?.dispose()
    this.#loaded = new LoadedPlan(plan, this.#context)
    return this.#loaded
  }

  #bind(plan: LoadedPlan, texture: GPUTexture): readonly GPUBindGroup[] {
    if (this.#bound?.plan === plan && this.#bound.texture === texture) return this.#bound.groups
    const { device } = this.#context
    const groups = plan.passes.map(({ kernel, bound }) =>
      device.createBindGroup({
        label: kernel.node,
        layout: this.#pipelines.get(kernel.code)!.getBindGroupLayout(0),
        entries: bound.map((resource, index) => ({
          binding: index + 1,
          resource: resource === 'texture' ? texture.createView() : { buffer: resource },
        })),
      }),
    )
    this.#bound = { plan, texture, groups }
    return groups
  }

  /** A texture with the picture: the picture itself, or this preparer's texture. */
  #textureOf(picture: GpuPicture, { height, width }: PicturePlan): GPUTexture {
    if (tagOf(picture) === 'GPUTexture') return picture as GPUTexture
    const { queue } = this.#context.device
    const texture = this.#room(height, width)
    if (isBytes(picture)) {
      const data = picture.data as Uint8Array<ArrayBuffer>
      queue.writeTexture({ texture }, data, { bytesPerRow: 4 * width, rowsPerImage: height }, [width, height])
      return texture
    }
    try {
      queue.copyExternalImageToTexture({ source: picture as External }, { texture, premultipliedAlpha: false }, [width, height])
    } catch (cause) {
      throw new InputError(
        {
          what: `The ${tagOf(picture)} cannot be copied to the GPU.`,
          expected: 'a loaded and open one, with pixels that this page may read',
          received: `${(cause as Error).name}: ${(cause as Error).message}`,
        },
        { cause },
      )
    }
    return texture
  }

  #room(height: number, width: number): GPUTexture {
    const texture = this.#texture?.texture
    if (texture && texture.height >= height && texture.width >= width) return texture
    if (texture) this.#context.memory.free(texture)
    const usage = TEXTURE_USAGE.binding | TEXTURE_USAGE.copyDestination | TEXTURE_USAGE.renderAttachment
    this.#texture = this.#context.memory.allocateTexture('a picture', { height, width }, usage)
    return this.#texture.texture
  }

  /** Frees the memory. Submitted work may still read it. */
  dispose(): void {
    this.#loaded?.dispose()
    if (this.#texture) this.#context.memory.free(this.#texture.texture)
    this.#loaded = undefined
    this.#texture = undefined
    this.#bound = undefined
  }
}
