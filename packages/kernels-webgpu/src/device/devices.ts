/** The device of a backend: acquired when it is first needed, and anew after it was lost. */
import { BackendUnsupportedError, type Support } from '@onebit/core'
import { type AdapterFacts, describeAdapter } from './adapter.ts'
import { DeviceContext } from './device-context.ts'
import { extensionsOf, gpuOf } from './extensions.ts'

/** Where to look for a device. */
export interface DeviceOptions {
  /** `navigator.gpu`, unless another is given. */
  readonly gpu?: GPU
  /** A device of the caller's, whose limits and features stay as they are. */
  readonly device?: GPUDevice
  readonly powerPreference?: GPUPowerPreference
}

/** Limits that networks may need more of than every adapter has. */
const LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'] as const
/** Features that kernels use where they are. */
const FEATURES = ['subgroups', 'shader-f16', 'timestamp-query'] as const

const FIX =
  'In Node, install the package `webgpu` and import webgpu from @onebit/kernels-webgpu/node; on Linux a Vulkan driver has to be there. Or use @onebit/kernels-wasm (--backend wasm).'

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

/** As much of each limit as the adapter has, and all features that kernels use. */
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

  /** Whether there is an adapter, and which. */
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
   * The device. After it was lost, another one, unless it is the caller's.
   * @throws BackendUnsupportedError where there is none; DeviceLostError if the caller's was lost.
   */
  async current(): Promise<DeviceContext> {
    const asked = this.#current
    const known = await asked
    if (known && !known.lost) return known
    // Another call has noticed the loss first.
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
