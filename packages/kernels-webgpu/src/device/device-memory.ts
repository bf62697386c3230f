/** Buffers of a device, counted, so that what is not freed shows. */
import { LimitError } from '@onebit/core'

export interface Allocation {
  readonly buffer: GPUBuffer
  /** Rejects with a LimitError if the device has not the memory, which it tells only later. */
  readonly ready: Promise<void>
}

export class DeviceMemory {
  readonly #device: GPUDevice
  readonly #live = new Set<GPUBuffer>()

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Bytes of all buffers that exist. */
  get bytes(): number {
    let bytes = 0
    for (const { size } of this.#live) bytes += size
    return bytes
  }

  /** @param bytes At least so many; WebGPU counts in fours. */
  allocate(label: string, bytes: number, usage: number): Allocation {
    const size = Math.max(16, Math.ceil(bytes / 4) * 4)
    this.#device.pushErrorScope('out-of-memory')
    const buffer = this.#device.createBuffer({ label, size, usage })
    this.#live.add(buffer)
    const ready = this.#check(buffer, this.#device.popErrorScope())
    // Who waits for it handles it; nobody else needs to.
    ready.catch(() => {})
    return { buffer, ready }
  }

  async #check(buffer: GPUBuffer, asked: Promise<GPUError | null>): Promise<void> {
    // A lost device answers with an error of its own, which its user meets anyway.
    const error = await asked.catch(() => null)
    if (!error) return
    const { size, label } = buffer
    this.free(buffer)
    throw new LimitError({
      limit: 'memory',
      what: `The device has no memory for ${size.toLocaleString('en-US')} bytes: ${label}.`,
      received: error.message,
      fix: 'Run smaller batches, or dispose of networks that are no longer used.',
    })
  }

  free(buffer: GPUBuffer): void {
    this.#live.delete(buffer)
    buffer.destroy()
  }
}
