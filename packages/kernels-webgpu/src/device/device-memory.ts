/** Allocates and counts the buffers and textures of a device, so leaks show. */
import { LimitError } from '@onebit/core'

interface Pending {
  /** Rejects with a LimitError if the device lacks the memory. Devices report this only later. */
  readonly ready: Promise<void>
}

export interface Allocation extends Pending {
  readonly buffer: GPUBuffer
}

export interface TextureAllocation extends Pending {
  readonly texture: GPUTexture
}

type Resource = GPUBuffer | GPUTexture

export class DeviceMemory {
  readonly #device: GPUDevice
  /** Bytes of each resource. */
  readonly #live = new Map<Resource, number>()

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Bytes of all buffers and textures that exist. */
  get bytes(): number {
    let total = 0
    for (const bytes of this.#live.values()) total += bytes
    return total
  }

  /** @param bytes Least size. WebGPU needs multiples of 4. */
  allocate(label: string, bytes: number, usage: number): Allocation {
    const size = Math.max(16, Math.ceil(bytes / 4) * 4)
    const [buffer, ready] = this.#create(size, () => this.#device.createBuffer({ label, size, usage }))
    return { buffer, ready }
  }

  /** A texture of bytes: red, green, blue, alpha. */
  allocateTexture(label: string, { height, width }: { height: number; width: number }, usage: number): TextureAllocation {
    const descriptor: GPUTextureDescriptor = { label, size: [width, height], format: 'rgba8unorm', usage }
    const [texture, ready] = this.#create(4 * width * height, () => this.#device.createTexture(descriptor))
    return { texture, ready }
  }

  #create<Kind extends Resource>(bytes: number, create: () => Kind): [Kind, Promise<void>] {
    this.#device.pushErrorScope('out-of-memory')
    const resource = create()
    this.#live.set(resource, bytes)
    const ready = this.#check(resource, bytes, this.#device.popErrorScope())
    // Callers that wait for it handle its rejection. Others need not.
    ready.catch(() => {})
    return [resource, ready]
  }

  async #check(resource: Resource, bytes: number, asked: Promise<GPUError | null>): Promise<void> {
    // A lost device rejects with an error of its own. Its user gets that error anyway.
    const error = await asked.catch(() => null)
    if (!error) return
    const { label } = resource
    this.free(resource)
    throw new LimitError({
      limit: 'memory',
      what: `The device has no memory for ${bytes.toLocaleString('en-US')} bytes: ${label}.`,
      received: error.message,
      fix: 'Run smaller batches, or dispose of networks that are no longer used.',
    })
  }

  free(resource: Resource): void {
    this.#live.delete(resource)
    resource.destroy()
  }
}
