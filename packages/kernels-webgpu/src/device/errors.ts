/** What can go wrong on a device, as typed errors. */
import { type ErrorParts, OnebitError } from '@onebit/core'

/** The device was lost while it was at work. The next run gets a new one. */
export class DeviceLostError extends OnebitError {
  static override readonly errorName: string = 'DeviceLostError'
  /** `destroyed` if a program ended the device, else `unknown`: a driver that was reset, a GPU that was unplugged. */
  readonly reason: string

  constructor(parts: ErrorParts & { reason: string }, options?: ErrorOptions) {
    super(parts, options)
    this.reason = parts.reason
  }
}

/** The device refused a shader or a command: a fault of this package, or of the driver. `node` is where, if that is known. */
export class DeviceError extends OnebitError {
  static override readonly errorName: string = 'DeviceError'
  readonly node?: string

  constructor(parts: ErrorParts & { node?: string }, options?: ErrorOptions) {
    super(parts, options)
    this.node = parts.node
  }
}
