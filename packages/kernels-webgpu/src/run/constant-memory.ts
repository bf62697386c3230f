/** All constants of a program in buffers on a device, with the place of each. */
import type { DeviceContext } from '../device/device-context.ts'
import { USAGE } from '../device/usage.ts'
import type { Constant } from '../program/buffer.ts'
import type { Program } from '../program/program.ts'

export interface ConstantMemory {
  readonly buffers: readonly GPUBuffer[]
  readonly places: ReadonlyMap<Constant, GPUBufferBinding>
}

/** Puts constants side by side in buffers up to the device's limit: `[buffer][constant]`. */
function share(constants: Iterable<Constant>, most: number, align: (bytes: number) => number): Constant[][] {
  const shared: Constant[][] = [[]]
  let bytes = 0
  for (const constant of constants) {
    const size = align(constant.data.byteLength)
    if (bytes + size > most && bytes > 0) {
      shared.push([])
      bytes = 0
    }
    shared.at(-1)!.push(constant)
    bytes += size
  }
  return shared.filter((list) => list.length > 0)
}

/** @throws LimitError if the device lacks the memory. */
export async function uploadConstants({ dispatches }: Program, context: DeviceContext): Promise<ConstantMemory> {
  const { device, memory } = context
  const { minStorageBufferOffsetAlignment, maxBufferSize } = device.limits
  const align = (bytes: number): number => Math.ceil(bytes / minStorageBufferOffsetAlignment) * minStorageBufferOffsetAlignment
  const constants = new Set(dispatches.flatMap(({ resources }) => resources.filter((resource) => resource.kind === 'constant')))
  const places = new Map<Constant, GPUBufferBinding>()
  const shared = share(constants, maxBufferSize, align).map((list) => {
    const bytes = list.reduce((sum, { data }) => sum + align(data.byteLength), 0)
    return { list, ...memory.allocate('weights', bytes, USAGE.storage | USAGE.copyDestination) }
  })
  const buffers = shared.map(({ buffer }) => buffer)
  try {
    await Promise.all(shared.map(({ ready }) => ready))
  } catch (error) {
    for (const buffer of buffers) memory.free(buffer)
    throw error
  }
  for (const { list, buffer } of shared) {
    let offset = 0
    for (const constant of list) {
      const { data } = constant
      device.queue.writeBuffer(buffer, offset, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
      places.set(constant, { buffer, offset, size: data.byteLength })
      offset += align(data.byteLength)
    }
  }
  return { buffers, places }
}
