/** A program on a device: its pipelines, its constants, and one arena, which holds the values of a run. */
import type { RunInputs, RunOutput } from '@onebit/core'
import type { DeviceContext } from '../device/device-context.ts'
import type { Allocation } from '../device/device-memory.ts'
import { DeviceError } from '../device/errors.ts'
import { MAP_READ, USAGE } from '../device/usage.ts'
import type { Buffer, Constant } from '../program/buffer.ts'
import { planArena } from '../program/plan-arena.ts'
import type { Program } from '../program/program.ts'
import { mostSamples } from './check-limits.ts'
import { type ConstantMemory, uploadConstants } from './constant-memory.ts'
import { StagingRing } from './staging-ring.ts'
import { inputWords, takeOutput } from './transfer.ts'

interface Arena extends Allocation {
  /** Samples that there is room for. */
  readonly samples: number
  readonly offsets: ReadonlyMap<Buffer, number>
  /** Those of each kernel. */
  readonly bindGroups: readonly GPUBindGroup[]
}

/** A part of a batch. */
export interface Samples {
  readonly first: number
  readonly count: number
}

export class LoadedProgram {
  readonly context: DeviceContext
  readonly program: Program
  /** The most samples that run at once. */
  readonly mostSamples: number
  readonly #pipelines: readonly GPUComputePipeline[]
  readonly #constants: ConstantMemory
  readonly #staging: StagingRing
  #arena: Arena | undefined

  private constructor(
    program: Program,
    context: DeviceContext,
    most: number,
    pipelines: readonly GPUComputePipeline[],
    constants: ConstantMemory,
  ) {
    this.program = program
    this.context = context
    this.mostSamples = most
    this.#pipelines = pipelines
    this.#constants = constants
    this.#staging = new StagingRing(context)
  }

  /**
   * Compiles all kernels, at the same time where the engine can, and uploads the constants.
   * @throws LimitError naming limit and node; DeviceError if the device refuses a kernel.
   */
  static async load(program: Program, context: DeviceContext): Promise<LoadedProgram> {
    const most = mostSamples(program, context.device.limits)
    const constants = await uploadConstants(program, context)
    try {
      const pipelines = await Promise.all(program.dispatches.map((dispatch) => context.pipelines.of(dispatch)))
      return new LoadedProgram(program, context, most, pipelines, constants)
    } catch (error) {
      for (const buffer of constants.buffers) context.memory.free(buffer)
      throw error
    }
  }

  /** What a kernel's bindings are on the device. */
  #bind(samples: number, arena: GPUBuffer, offsets: ReadonlyMap<Buffer, number>): GPUBindGroup[] {
    const { device, zero } = this.context
    const place = (resource: Buffer | Constant): GPUBufferBinding =>
      resource.kind === 'constant'
        ? this.#constants.places.get(resource)!
        : { buffer: arena, offset: offsets.get(resource), size: 4 * resource.words * samples }
    return this.program.dispatches.map(({ node, usesZero, resources }, index) =>
      device.createBindGroup({
        label: node,
        layout: this.#pipelines[index].getBindGroupLayout(0),
        entries: [
          ...(usesZero ? [{ binding: 0, resource: { buffer: zero } }] : []),
          ...resources.map((resource, binding) => ({ binding: binding + 1, resource: place(resource) })),
        ],
      }),
    )
  }

  /** Room for so many samples. Work that was submitted keeps the memory that it began with. */
  #arenaOf(samples: number): Arena {
    if (this.#arena && this.#arena.samples >= samples) return this.#arena
    const { device, memory } = this.context
    if (this.#arena) memory.free(this.#arena.buffer)
    const { bytes, offsets } = planArena(this.program, samples, device.limits.minStorageBufferOffsetAlignment)
    const allocation = memory.allocate('values', bytes, USAGE.storage | USAGE.copySource | USAGE.copyDestination)
    const arena = { ...allocation, samples, offsets, bindGroups: this.#bind(samples, allocation.buffer, offsets) }
    this.#arena = arena
    arena.ready.catch(() => {
      if (this.#arena === arena) this.#arena = undefined
    })
    return arena
  }

  /** All kernels, in order. */
  #dispatch(pass: GPUComputePassEncoder, arena: Arena, samples: number): void {
    this.program.dispatches.forEach(({ grid }, index) => {
      pass.setPipeline(this.#pipelines[index])
      pass.setBindGroup(0, arena.bindGroups[index])
      pass.dispatchWorkgroups(...grid(samples))
    })
  }

  /** Records all kernels, and the copies of the outputs into `staging`, where they lie one after the other. */
  #record(arena: Arena, samples: number, staging: GPUBuffer): GPUCommandBuffer {
    const encoder = this.context.device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    this.#dispatch(pass, arena, samples)
    pass.end()
    let to = 0
    for (const { value } of this.program.outputs) {
      const bytes = 4 * value.buffer.words * samples
      encoder.copyBufferToBuffer(arena.buffer, arena.offsets.get(value.buffer)!, staging, to, bytes)
      to += bytes
    }
    return encoder.finish()
  }

  /**
   * Runs some samples, at most `mostSamples`, with one submit. All up to it happens at once, so that calls may overlap: the queue keeps
   * their order, and with it the arena.
   * @param results Takes the outputs, in their order.
   */
  async run(inputs: RunInputs, { first, count }: Samples, results: readonly RunOutput[]): Promise<void> {
    const { device } = this.context
    const { outputs } = this.program
    device.pushErrorScope('validation')
    const arena = this.#arenaOf(count)
    for (const { name, value } of this.program.inputs) {
      const words = inputWords(value, inputs[name], first, count)
      device.queue.writeBuffer(arena.buffer, arena.offsets.get(value.buffer)!, words as Float32Array<ArrayBuffer>)
    }
    const sizes = outputs.map(({ value }) => 4 * value.buffer.words * count)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    const staging = this.#staging.take(bytes)
    const { buffer } = staging
    device.queue.submit([this.#record(arena, count, buffer)])
    const refused = device.popErrorScope()
    try {
      await Promise.all([arena.ready, staging.ready, throwIfRefused(refused), buffer.mapAsync(MAP_READ, 0, bytes)])
      const mapped = buffer.getMappedRange(0, bytes)
      let from = 0
      outputs.forEach(({ value }, index) => {
        takeOutput(value, mapped.slice(from, from + sizes[index]), results[index], first)
        from += sizes[index]
      })
      buffer.unmap()
      this.#staging.giveBack(staging)
    } catch (error) {
      this.#staging.discard(staging)
      throw await this.context.causeOf(error)
    }
  }

  /** Runs the kernels so many times on whatever the arena holds, to measure them. */
  async repeat(times: number): Promise<void> {
    const { device } = this.context
    const arena = this.#arenaOf(1)
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    for (let time = 0; time < times; time++) this.#dispatch(pass, arena, 1)
    pass.end()
    device.queue.submit([encoder.finish()])
    await device.queue.onSubmittedWorkDone()
  }

  /** Frees all memory; that of a run under way once its work is done. */
  dispose(): void {
    const { memory } = this.context
    for (const buffer of this.#constants.buffers) memory.free(buffer)
    if (this.#arena) memory.free(this.#arena.buffer)
    this.#arena = undefined
    this.#staging.dispose()
  }
}

async function throwIfRefused(asked: Promise<GPUError | null>): Promise<void> {
  const error = await asked
  if (!error) return
  throw new DeviceError({
    what: 'The device refused the commands of a run.',
    received: error.message,
    fix: 'Use another backend, and report this together with the name of the adapter.',
  })
}
