/** Compiled shaders of a device, by their code. Networks that need the same shader share it. */
import { DeviceError } from './errors.ts'

const COMPUTE = 4

/** A kernel of a network, or one that prepares pictures. */
interface Shader {
  /** Its name in messages. */
  readonly node: string
  readonly code: string
  readonly usesZero: boolean
  readonly resources: readonly { readonly kind: 'buffer' | 'constant' | 'texture' }[]
}

function entryOf(kind: 'buffer' | 'constant' | 'texture', binding: number): GPUBindGroupLayoutEntry {
  const place = { binding, visibility: COMPUTE }
  // Kernels read single pixels of textures, so they need no filter.
  if (kind === 'texture') return { ...place, texture: { sampleType: 'unfilterable-float' } }
  return { ...place, buffer: { type: kind === 'buffer' ? 'storage' : 'read-only-storage' } }
}

/** The compiler's messages, with their lines of the code. */
async function complaints(module: GPUShaderModule): Promise<string> {
  const { messages } = await module.getCompilationInfo()
  return messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`).join('; ')
}

/** The layout is stated, not derived from the code, because the code may not use all bindings. */
function layoutOf(device: GPUDevice, { usesZero, resources }: Shader): GPUPipelineLayout {
  const zero: GPUBindGroupLayoutEntry = { binding: 0, visibility: COMPUTE, buffer: { type: 'uniform' } }
  const entries = resources.map(({ kind }, index) => entryOf(kind, index + 1))
  return device.createPipelineLayout({
    bindGroupLayouts: [device.createBindGroupLayout({ entries: usesZero ? [zero, ...entries] : entries })],
  })
}

async function compile(device: GPUDevice, shader: Shader): Promise<GPUComputePipeline> {
  const { node, code } = shader
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ code, label: node })
  const layout = layoutOf(device, shader)
  // Errors of the module or the layout show again in the pipeline.
  device.popErrorScope().catch(() => null)
  try {
    return await device.createComputePipelineAsync({ label: node, layout, compute: { module, entryPoint: 'main' } })
  } catch (cause) {
    throw new DeviceError(
      {
        node,
        what: `The kernel of node '${node}' does not compile on this device.`,
        received: (await complaints(module).catch(() => '')) || (cause as Error).message,
        fix: 'Use another backend, and report this together with the name of the adapter.',
      },
      { cause },
    )
  }
}

export class Pipelines {
  readonly #device: GPUDevice
  readonly #known = new Map<string, Promise<GPUComputePipeline>>()

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /**
   * The pipeline of a kernel. It is compiled once per device, off the calling thread if the engine can.
   * @throws DeviceError if the device refuses it.
   */
  async of(shader: Shader): Promise<GPUComputePipeline> {
    const { code } = shader
    const compiling = this.#known.get(code) ?? compile(this.#device, shader)
    this.#known.set(code, compiling)
    try {
      return await compiling
    } catch (error) {
      this.#known.delete(code)
      throw error
    }
  }
}
