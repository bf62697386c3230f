/** A compiled graph. It lives on the backend's device, and moves to the next one when that is lost. */
import {
  checkInputs,
  DisposedError,
  type NodeExplanation,
  type RunInputs,
  type RunOptions,
  type RunOutput,
  type TypedGraph,
} from '@onebit/core'
import { compileProgram } from '../compile/compile-program.ts'
import type { DeviceContext } from '../device/device-context.ts'
import type { Devices } from '../device/devices.ts'
import { LoadedProgram } from './loaded-program.ts'
import { emptyOutput } from './transfer.ts'
import type { WebgpuNetwork } from './webgpu-network.ts'

/** What a caller chose, and adapters decide where none did. */
export interface CompileSettings {
  readonly arithmetic?: 'guarded' | 'plain'
}

function load(typed: TypedGraph, context: DeviceContext, { arithmetic }: CompileSettings): Promise<LoadedProgram> {
  const fusesProducts = arithmetic ? arithmetic === 'guarded' : context.adapter.fusesProducts
  return LoadedProgram.load(compileProgram(typed, { arithmetic: { fusesProducts } }), context)
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

  /** The program on a device that is there. */
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
    const loaded = await this.#current()
    this.#throwIfDisposed()
    const { outputs } = loaded.program
    const results = outputs.map(({ value }) => emptyOutput(value, batch))
    const parts: Promise<void>[] = []
    for (let first = 0; first < batch; first += loaded.mostSamples) {
      parts.push(loaded.run(inputs, { first, count: Math.min(batch - first, loaded.mostSamples) }, results))
    }
    await Promise.all(parts)
    return Object.fromEntries(outputs.map(({ name }, index) => [name, results[index]]))
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#loaded.dispose()
  }
}
