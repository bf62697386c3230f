/** Compiled shaders of a device, by their code: networks that need the same one share it. */
import { DeviceError } from './errors.ts'

const COMPUTE = 4

/** A kernel of a network, or one that prepares pictures. */
interface Shader {
  /** What messages call it. */
  readonly node: string
  readonly code: string
  readonly usesZero: boolean
  readonly resources: readonly { readonly kind: 'buffer' | 'constant' | 'texture' }[]
}

function entryOf(kind: 'buffer' | 'constant' | 'texture', binding: number): GPUBindGroupLayoutEntry {
  const place = { binding, visibility: COMPUTE }
  // Kernels read textures pixel by pixel, which needs no filter.
  if (kind === 'texture') return { ...place, texture: { sampleType: 'unfilterable-float' } }
  return { ...place, buffer: { type: kind === 'buffer' ? 'storage' : 'read-only-storage' } }
}

/** Lines of the code that a compiler complains about. */
async function complaints(module: GPUShaderModule): Promise<string> {
  const { messages } = await module.getCompilationInfo()
  return messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`).join('; ')
}

/** Stated rather than derived from the code, which may not use all that is bound. */
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
  // What is wrong with either shows in the pipeline.
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
   * The pipeline of a kernel. It is compiled once a device, off the calling thread where the engine can.
   * @throws DeviceError if the device does not take it.
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
