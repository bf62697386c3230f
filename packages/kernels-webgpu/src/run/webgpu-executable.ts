/** A compiled graph. It is on the backend's device, and moves to the next one after a loss. */
import {
  checkInputs,
  DisposedError,
  type GpuExecutable,
  type GpuInputs,
  type GpuOutputs,
  type NodeExplanation,
  type RunInputs,
  type RunOptions,
  type RunOutput,
  type TypedGraph,
} from '@onebit/core'
import { isBinary } from '@onebit/core/compile'
import { compileProgram } from '../compile/compile-program.ts'
import type { DeviceContext } from '../device/device-context.ts'
import type { Devices } from '../device/devices.ts'
import { TILES_BY_RULE } from '../kernels/choose-tile.ts'
import { EXACT, type Variants } from '../kernels/lowering.ts'
import { checkGpuInputs } from '../pictures/check-inputs.ts'
import type { Extension } from '../shaders/piece.ts'
import { LoadedProgram, type Samples } from './loaded-program.ts'
import { settle } from './settle.ts'
import { tilesByTrial } from './tile-trial.ts'
import { emptyOutput } from './transfer.ts'
import type { WebgpuNetwork } from './webgpu-network.ts'

/** The caller's choices. If `arithmetic` or `tiles` is absent, it depends on the adapter. */
export interface CompileSettings extends Partial<Variants> {
  readonly arithmetic?: 'guarded' | 'plain'
  readonly tiles?: 'trial' | 'rule'
  /** False keeps kernels from using an extension. Default: they use all that the device has. */
  readonly extensions?: Readonly<Partial<Record<Extension, boolean>>>
}

async function load(typed: TypedGraph, context: DeviceContext, settings: CompileSettings): Promise<LoadedProgram> {
  const { adapter } = context
  const { arithmetic, tiles = adapter.isSoftware ? 'rule' : 'trial', stem, weights, extensions = {} } = settings
  const tries = tiles === 'trial' && typed.graph.nodes.some(isBinary)
  const program = compileProgram(typed, {
    arithmetic: {
      fusesProducts: arithmetic ? arithmetic === 'guarded' : adapter.fusesProducts,
      extensions: new Set([...context.extensions].filter((extension) => extensions[extension] !== false)),
    },
    variants: { stem: stem ?? EXACT.stem, weights: weights ?? EXACT.weights },
    tiles: tries ? await tilesByTrial(context) : TILES_BY_RULE,
  })
  return LoadedProgram.load(program, context)
}

/** A batch, divided into parts that can run at once. */
function partsOf(batch: number, { mostSamples }: LoadedProgram): Samples[] {
  return Array.from({ length: Math.ceil(batch / mostSamples) }, (_, part) => {
    const first = part * mostSamples
    return { first, count: Math.min(batch - first, mostSamples) }
  })
}

export class WebgpuExecutable implements WebgpuNetwork {
  readonly explanations: readonly NodeExplanation[]
  readonly #typed: TypedGraph
  readonly #devices: Devices
  readonly #settings: CompileSettings
  #loaded: LoadedProgram
  #reloading: Promise<LoadedProgram> | undefined
  #disposed = false

  private constructor(typed: TypedGraph, devices: Devices, settings: CompileSettings, loaded: LoadedProgram) {
    this.#typed = typed
    this.#devices = devices
    this.#settings = settings
    this.#loaded = loaded
    this.explanations = loaded.program.explanations
  }

  static async create(typed: TypedGraph, devices: Devices, settings: CompileSettings): Promise<WebgpuExecutable> {
    return new WebgpuExecutable(typed, devices, settings, await load(typed, await devices.current(), settings))
  }

  get adapter(): string {
    return this.#loaded.context.adapter.name
  }

  get device(): GPUDevice {
    return this.#loaded.context.device
  }

  get deviceBytes(): number {
    return this.#loaded.context.memory.bytes
  }

  /** The program on a device that is not lost. */
  async #current(): Promise<LoadedProgram> {
    if (!this.#loaded.context.lost) return this.#loaded
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined
    })
    return this.#reloading
  }

  async #reload(): Promise<LoadedProgram> {
    const next = await load(this.#typed, await this.#devices.current(), this.#settings)
    this.#loaded.dispose()
    this.#loaded = next
    if (this.#disposed) next.dispose()
    return next
  }

  #throwIfDisposed(): void {
    if (this.#disposed) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
  }

  async run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    this.#throwIfDisposed()
    const batch = checkInputs(this.#typed.graph.inputs, inputs, options)
    return this.#run(inputs, batch)
  }

  get gpu(): GpuExecutable {
    const device = (): GPUDevice => this.device
    return {
      get device() {
        return device()
      },
      run: async (inputs, options) => this.#run(inputs, this.#checkGpuInputs(inputs, options)),
      runToBuffers: async (inputs, options) => this.#runToBuffers(inputs, this.#checkGpuInputs(inputs, options)),
    }
  }

  #checkGpuInputs(inputs: GpuInputs, options?: RunOptions): number {
    this.#throwIfDisposed()
    return checkGpuInputs(this.#typed.graph.inputs, inputs, this.device.limits.maxTextureDimension2D, options)
  }

  /** The program on a device that is not lost, ready for these inputs. */
  async #ready(inputs: GpuInputs): Promise<LoadedProgram> {
    const loaded = await this.#current()
    await loaded.preparePictures(inputs)
    this.#throwIfDisposed()
    return loaded
  }

  async #run(inputs: GpuInputs, batch: number): Promise<Record<string, RunOutput>> {
    const loaded = await this.#ready(inputs)
    const { outputs } = loaded.program
    const results = outputs.map(({ value }) => emptyOutput(value, batch))
    await Promise.all(partsOf(batch, loaded).map((samples) => loaded.run(inputs, samples, results)))
    return Object.fromEntries(outputs.map(({ name }, index) => [name, results[index]]))
  }

  async #runToBuffers(inputs: GpuInputs, batch: number): Promise<GpuOutputs> {
    const loaded = await this.#ready(inputs)
    const { memory } = loaded.context
    const allocations = loaded.outputBuffers(batch)
    const buffers = allocations.map(({ buffer }) => buffer)
    const release = (): void => {
      for (const buffer of buffers) memory.free(buffer)
    }
    try {
      const runs = partsOf(batch, loaded).map((samples) => loaded.runToBuffers(inputs, samples, buffers))
      await settle([...runs, ...allocations.map(({ ready }) => ready)])
    } catch (error) {
      release()
      throw error
    }
    const values = loaded.program.outputs.map(({ name, value: { shape, dtype } }, index) => [
      name,
      { buffer: buffers[index], shape: [batch, ...shape], dtype },
    ])
    return { values: Object.fromEntries(values), release }
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#loaded.dispose()
  }
}
