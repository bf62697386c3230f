/** Typed errors of devices. */
import { type ErrorParts, OnebitError } from '@onebit/core'

/** The device was lost during its work. The next run gets a new one, unless the device is the caller's. */
export class DeviceLostError extends OnebitError {
  static override readonly errorName: string = 'DeviceLostError'
  /** `destroyed` if a program ended the device, else `unknown`: a driver that was reset, a GPU that was unplugged. */
  readonly reason: string

  constructor(parts: ErrorParts & { reason: string }, options?: ErrorOptions) {
    super(parts, options)
    this.reason = parts.reason
  }
}

/** The device refused a shader or a command: a fault of this package, or of the driver. `node` names the node, if it is known. */
export class DeviceError extends OnebitError {
  static override readonly errorName: string = 'DeviceError'
  readonly node?: string

  constructor(parts: ErrorParts & { node?: string }, options?: ErrorOptions) {
    super(parts, options)
    this.node = parts.node
  }
}
