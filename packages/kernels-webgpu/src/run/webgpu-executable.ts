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
import { isBinary } from '@onebit/core/compile'
import { compileProgram } from '../compile/compile-program.ts'
import type { DeviceContext } from '../device/device-context.ts'
import type { Devices } from '../device/devices.ts'
import { TILES_BY_RULE } from '../kernels/choose-tile.ts'
import { EXACT, type Variants } from '../kernels/lowering.ts'
import type { Extension } from '../shaders/piece.ts'
import { LoadedProgram } from './loaded-program.ts'
import { tilesByTrial } from './tile-trial.ts'
import { emptyOutput } from './transfer.ts'
import type { WebgpuNetwork } from './webgpu-network.ts'

/** What a caller chose; where none did, adapters decide. */
export interface CompileSettings extends Partial<Variants> {
  readonly arithmetic?: 'guarded' | 'plain'
  readonly tiles?: 'trial' | 'rule'
  /** Whether kernels use what the device has of each; absent, they do. */
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
