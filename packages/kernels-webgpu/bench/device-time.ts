/** Measures the time on the device of everything in a page, by timestamp queries around every compute pass of every device. */

/** Most passes of a run. A run with more has no time. */
const MOST_PASSES = 2048

interface Timer {
  readonly device: GPUDevice
  readonly queries: GPUQuerySet
  passes: number
}

let begun = 0

/** Number of compute passes since the page began, of all devices, timed or not. */
export function passesBegun(): number {
  return begun
}

const timers = new Map<GPUDevice, Timer>()
const devices = new WeakMap<GPUCommandEncoder, GPUDevice>()

function timerOf(device: GPUDevice): Timer {
  const known = timers.get(device)
  if (known) return known
  const timer = { device, queries: device.createQuerySet({ type: 'timestamp', count: 2 * MOST_PASSES }), passes: 0 }
  timers.set(device, timer)
  return timer
}

/** Adds queries to all later passes. Engines need not know. */
export function watchPasses(): void {
  const { createCommandEncoder } = GPUDevice.prototype
  GPUDevice.prototype.createCommandEncoder = function (descriptor) {
    const encoder = createCommandEncoder.call(this, descriptor)
    if (this.features.has('timestamp-query')) devices.set(encoder, this)
    return encoder
  }
  const { beginComputePass } = GPUCommandEncoder.prototype
  GPUCommandEncoder.prototype.beginComputePass = function (descriptor) {
    begun++
    const device = devices.get(this)
    if (!device || descriptor?.timestampWrites) return beginComputePass.call(this, descriptor)
    const timer = timerOf(device)
    const pass = timer.passes++
    if (pass >= MOST_PASSES) return beginComputePass.call(this, descriptor)
    const timestampWrites = { querySet: timer.queries, beginningOfPassWriteIndex: 2 * pass, endOfPassWriteIndex: 2 * pass + 1 }
    return beginComputePass.call(this, { ...descriptor, timestampWrites })
  }
}

/** Forgets all passes so far. */
export function restartTimers(): void {
  for (const timer of timers.values()) timer.passes = 0
}

async function milliseconds({ device, queries, passes }: Timer): Promise<number | undefined> {
  if (passes > MOST_PASSES) return undefined
  const bytes = 16 * passes
  const resolved = device.createBuffer({ size: bytes, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC })
  const staging = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  const encoder = device.createCommandEncoder()
  encoder.resolveQuerySet(queries, 0, 2 * passes, resolved, 0)
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes)
  device.queue.submit([encoder.finish()])
  await staging.mapAsync(GPUMapMode.READ)
  const times = new BigInt64Array(staging.getMappedRange().slice(0))
  resolved.destroy()
  staging.destroy()
  let nanoseconds = 0
  for (let pass = 0; pass < passes; pass++) nanoseconds += Number(times[2 * pass + 1] - times[2 * pass])
  return nanoseconds / 1e6
}

/** Milliseconds in compute passes since the timers were restarted. Undefined if they were not timed. */
export async function deviceMilliseconds(): Promise<number | undefined> {
  const running = [...timers.values()].filter(({ passes }) => passes > 0)
  if (running.length === 0) return undefined
  const times = await Promise.all(running.map(milliseconds))
  return times.includes(undefined) ? undefined : (times as number[]).reduce((sum, time) => sum + time, 0)
}
