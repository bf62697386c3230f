/**
 * WebGPU through tfjs-backend-webgpu: in browsers that support it, and in Node with Dawn from the package `webgpu`. `auto` takes
 * it only on hardware, because a software adapter gives right results but slowly.
 */
import * as tf from '@tensorflow/tfjs-core'
import { optionalModule } from './optional-module.ts'
import type { Attempt, EngineStarter } from './starter.ts'
import { registerWebgpuCast } from './webgpu-cast.ts'

interface AdapterInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
  readonly isFallbackAdapter?: boolean
}

interface Adapter {
  readonly info: AdapterInfo
}

interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>
}

/** Dawn for Node. */
interface DawnModule {
  readonly globals: object
  create(options: string[]): Gpu
}

interface Access {
  readonly gpu: Gpu
  /** Sets `navigator.gpu`, where backends look for it. */
  publish(): void
}

interface NoAccess {
  readonly gpu?: undefined
  readonly reason: string
}

const fix =
  'npm install @tensorflow/tfjs-backend-webgpu, in Node also webgpu. A driver must be installed: on Linux libvulkan1 and one for the GPU.'

const failed = (reason: string): Attempt => ({ started: false, reason, fix })

/** Names that drivers give to software renderers. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|warp|basic render/i

async function findGpu(): Promise<Access | NoAccess> {
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: Gpu }
  if (gpu) return { gpu, publish: () => {} }
  if (!globalThis.process?.versions?.node) return { reason: 'this browser has no WebGPU' }
  const dawn = await optionalModule<DawnModule>('webgpu')
  if (!dawn.module) return { reason: dawn.reason }
  const { create, globals } = dawn.module
  const created = create([])
  const publish = (): void => {
    Object.assign(globalThis, globals)
    const navigator = globalThis.navigator ?? {}
    Object.defineProperty(navigator, 'gpu', { value: created, configurable: true })
    // Node has a navigator from version 21 on.
    if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
  }
  return { gpu: created, publish }
}

function describe({ info }: Adapter): { readonly name: string; readonly software: boolean } {
  const { vendor, architecture, device, description, isFallbackAdapter } = info
  const name = description || [vendor, architecture || device].filter(Boolean).join(' ')
  const software = isFallbackAdapter === true || SOFTWARE.test([vendor, architecture, device, description].join(' '))
  return { name, software }
}

export const webgpu: EngineStarter = {
  name: 'webgpu',
  async start({ named }) {
    const access = await findGpu()
    if (!access.gpu) return failed(access.reason)
    const adapter = await access.gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return failed('no WebGPU adapter was found')
    const { name, software } = describe(adapter)
    if (software && !named) return failed(`only a software adapter, ${name}`)
    access.publish()
    // A page bundled with the backend has registered it already.
    if (!tf.findBackendFactory('webgpu')) {
      const backend = await optionalModule('@tensorflow/tfjs-backend-webgpu')
      if (!backend.module) return failed(backend.reason)
    }
    // It registers itself only if `navigator.gpu` exists when it is imported.
    if (!tf.findBackendFactory('webgpu')) return failed('tfjs-backend-webgpu was imported before `navigator.gpu` existed')
    if (!(await tf.setBackend('webgpu'))) return failed('the webgpu backend did not start')
    registerWebgpuCast()
    return { started: true, detail: software ? `${name}, a software adapter: right but slow` : name }
  },
}
