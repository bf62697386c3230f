/** The device of a backend. It is acquired on first use, and again after a loss. */
import { BackendUnsupportedError, type Support } from '@onebit/core'
import { type AdapterFacts, describeAdapter } from './adapter.ts'
import { DeviceContext } from './device-context.ts'
import { extensionsOf, gpuOf } from './extensions.ts'

/** Sources of a device. */
export interface DeviceOptions {
  /** Default: `navigator.gpu`. */
  readonly gpu?: GPU
  /** The caller's own device. Its limits and features stay as they are. */
  readonly device?: GPUDevice
  readonly powerPreference?: GPUPowerPreference
}

/** Networks may need more of these limits than WebGPU guarantees. */
const LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'] as const
/** Optional features. Kernels use the first two, timestamps serve measurements. */
const FEATURES = ['subgroups', 'shader-f16', 'timestamp-query'] as const

const FIX =
  'In Node, install the package `webgpu` and import webgpu from @onebit/kernels-webgpu/node; on Linux, a Vulkan driver is needed too. Or use @onebit/kernels-wasm (--backend wasm).'

type DeviceSupport = { readonly supported: true; readonly facts: AdapterFacts } | Extract<Support, { supported: false }>

type Found =
  | { readonly adapter: GPUAdapter; readonly facts: AdapterFacts }
  | { readonly adapter?: undefined; readonly reason: string }

async function findAdapter({ gpu, powerPreference }: DeviceOptions): Promise<Found> {
  const access = gpuOf(gpu)
  if (!access) return { reason: 'There is no WebGPU here: `navigator.gpu` is missing.' }
  const adapter = await access.requestAdapter({ powerPreference })
  return adapter ? { adapter, facts: describeAdapter(adapter) } : { reason: 'WebGPU has no adapter here.' }
}

/** Requests all that the adapter has of these limits and features. */
function descriptorOf(adapter: GPUAdapter): GPUDeviceDescriptor {
  return {
    label: 'onebit',
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
  }
}

export class Devices {
  readonly #options: DeviceOptions
  #current: Promise<DeviceContext> | undefined

  constructor(options: DeviceOptions) {
    this.#options = options
  }

  /** The adapter, or the reason for its absence. */
  async support(): Promise<DeviceSupport> {
    const { device } = this.#options
    if (device) return { supported: true, facts: describeAdapter({ info: device.adapterInfo }) }
    const found = await findAdapter(this.#options)
    return found.adapter ? { supported: true, facts: found.facts } : { supported: false, reason: found.reason, fix: FIX }
  }

  async #acquire(): Promise<DeviceContext> {
    const { device, gpu } = this.#options
    if (device) return new DeviceContext(device, describeAdapter({ info: device.adapterInfo }), extensionsOf(device, gpu))
    const found = await findAdapter(this.#options)
    if (!found.adapter)
      throw new BackendUnsupportedError({ what: `The backend 'webgpu' cannot run here: ${found.reason}`, fix: FIX })
    try {
      const made = await found.adapter.requestDevice(descriptorOf(found.adapter))
      return new DeviceContext(made, found.facts, extensionsOf(made, gpu))
    } catch (cause) {
      const what = `The adapter '${found.facts.name}' gives no device.`
      throw new BackendUnsupportedError({ what, received: (cause as Error).message, fix: FIX }, { cause })
    }
  }

  /**
   * The device, or a new one after a loss, unless it is the caller's.
   * @throws BackendUnsupportedError if there is none; DeviceLostError if the caller's was lost.
   */
  async current(): Promise<DeviceContext> {
    const asked = this.#current
    const known = await asked
    if (known && !known.lost) return known
    // Another call noticed the loss first.
    if (this.#current !== asked) return this.current()
    if (known?.lost && this.#options.device) throw known.lost
    const acquiring = this.#acquire()
    this.#current = acquiring
    acquiring.catch(() => {
      this.#current = undefined
    })
    return acquiring
  }
}
