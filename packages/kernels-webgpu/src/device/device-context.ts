/** A device and the resources that all its networks share: pipelines, the word that is 0, counted memory. */
import type { Extension } from '../shaders/piece.ts'
import type { AdapterFacts } from './adapter.ts'
import { DeviceMemory } from './device-memory.ts'
import { DeviceLostError } from './errors.ts'
import { Pipelines } from './pipelines.ts'
import { USAGE } from './usage.ts'

export class DeviceContext {
  readonly device: GPUDevice
  readonly adapter: AdapterFacts
  readonly extensions: ReadonlySet<Extension>
  readonly memory: DeviceMemory
  readonly pipelines: Pipelines
  /** Holds 0. No shader compiler can know its value. */
  readonly zero: GPUBuffer
  #lost: DeviceLostError | undefined

  constructor(device: GPUDevice, adapter: AdapterFacts, extensions: ReadonlySet<Extension>) {
    this.device = device
    this.adapter = adapter
    this.extensions = extensions
    this.memory = new DeviceMemory(device)
    this.pipelines = new Pipelines(device)
    this.zero = device.createBuffer({ label: 'zero', size: 16, usage: USAGE.uniform })
    void device.lost.then(({ reason, message }) => {
      this.#lost = new DeviceLostError({
        reason: reason || 'unknown',
        what: `The GPU device was lost${reason === 'destroyed' ? ': it was destroyed' : ''}.`,
        received: message || undefined,
        fix: 'Call run() again: it gets a new device, unless you passed your own.',
      })
    })
  }

  /** The loss of the device, if it is lost. */
  get lost(): DeviceLostError | undefined {
    return this.#lost
  }

  /** The cause of a failed operation: the loss of the device, else `error`. The engine may report a loss a little later. */
  async causeOf(error: unknown): Promise<unknown> {
    const soon = new Promise<void>((resolve) => setTimeout(resolve, 100))
    await Promise.race([this.device.lost, soon])
    return this.#lost ?? error
  }
}
