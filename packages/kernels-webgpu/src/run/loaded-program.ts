/** A program on a device: its pipelines, its constants, and one arena with the values of a run. */
import { type GpuInputs, InputError, type RunOutput } from '@onebit/core'
import type { DeviceContext } from '../device/device-context.ts'
import type { Allocation } from '../device/device-memory.ts'
import { DeviceError } from '../device/errors.ts'
import { MAP_READ, USAGE } from '../device/usage.ts'
import { isPictures } from '../pictures/check-inputs.ts'
import { PicturePreparer } from '../pictures/picture-preparer.ts'
import type { Buffer, Constant } from '../program/buffer.ts'
import { planArena } from '../program/plan-arena.ts'
import type { Program } from '../program/program.ts'
import type { Value } from '../program/value.ts'
import { mostSamples } from './check-limits.ts'
import { type ConstantMemory, uploadConstants } from './constant-memory.ts'
import { settle } from './settle.ts'
import { StagingRing } from './staging-ring.ts'
import { inputWords, takeOutput } from './transfer.ts'

interface Arena extends Allocation {
  /** Number of samples that fit. */
  readonly samples: number
  readonly offsets: ReadonlyMap<Buffer, number>
  /** The bind group of each kernel. */
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
  /** Largest number of samples that can run at once. */
  readonly mostSamples: number
  readonly #pipelines: readonly GPUComputePipeline[]
  readonly #constants: ConstantMemory
  readonly #staging: StagingRing
  readonly #pictures: PicturePreparer
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
    this.#pictures = new PicturePreparer(context)
  }

  /**
   * Compiles all kernels, at the same time if the engine can, and uploads the constants.
   * @throws LimitError with the limit and the node; DeviceError if the device refuses a kernel.
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

  /** The bind group of each kernel. */
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

  /** An arena for at least this many samples. Submitted work keeps its old memory. */
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

  /** Records all kernels, in order. */
  #dispatch(pass: GPUComputePassEncoder, arena: Arena, samples: number): void {
    this.program.dispatches.forEach(({ grid }, index) => {
      pass.setPipeline(this.#pipelines[index])
      pass.setBindGroup(0, arena.bindGroups[index])
      pass.dispatchWorkgroups(...grid(samples))
    })
  }

  /**
   * Writes the inputs, records all kernels and the copies of the outputs, and submits. It waits for nothing in between, so runs
   * may overlap: the queue keeps their order, and they use the arena in turn. There is one submit, and one more for each picture
   * but the last.
   * @param take Records copies of the outputs.
   * @returns A promise that rejects if the device refuses something.
   */
  #submit(
    inputs: GpuInputs,
    { first, count }: Samples,
    take: (arena: Arena, encoder: GPUCommandEncoder) => void,
  ): Promise<unknown> {
    const { device } = this.context
    const waits: Promise<unknown>[] = []
    device.pushErrorScope('validation')
    try {
      const arena = this.#arenaOf(count)
      waits.push(arena.ready)
      let encoder = device.createCommandEncoder()
      const placeOf = ({ buffer }: Value): number => arena.offsets.get(buffer)!
      let isEmpty = true
      for (const { name, value } of this.program.inputs) {
        const given = inputs[name]
        if (!isPictures(given)) {
          const words = inputWords(value, given, first, count)
          device.queue.writeBuffer(arena.buffer, placeOf(value), words as Float32Array<ArrayBuffer>)
          continue
        }
        for (let sample = 0; sample < count; sample++) {
          // The memory for pictures holds one at a time.
          if (!isEmpty) {
            device.queue.submit([encoder.finish()])
            encoder = device.createCommandEncoder()
          }
          isEmpty = false
          const offset = placeOf(value) + 4 * sample * value.buffer.words
          waits.push(this.#pictures.record(given[first + sample], encoder, { buffer: arena.buffer, offset }))
        }
      }
      const pass = encoder.beginComputePass()
      this.#dispatch(pass, arena, count)
      pass.end()
      take(arena, encoder)
      device.queue.submit([encoder.finish()])
    } finally {
      waits.push(throwIfRefused(device.popErrorScope()))
      // If another error was thrown, nobody waits for these.
      for (const wait of waits) wait.catch(() => {})
    }
    return settle(waits)
  }

  /** Compiles the kernels for pictures, if there are any. */
  async preparePictures(inputs: GpuInputs): Promise<void> {
    const channels = Object.values(inputs).flatMap((given) => (isPictures(given) ? given.map(({ plan }) => plan.channels) : []))
    for (const count of new Set(channels)) await this.#pictures.compile(count)
  }

  /**
   * Runs some samples, at most `mostSamples`.
   * @param results Receives the outputs, in their order.
   */
  async run(inputs: GpuInputs, samples: Samples, results: readonly RunOutput[]): Promise<void> {
    const { outputs } = this.program
    const sizes = outputs.map(({ value }) => 4 * value.buffer.words * samples.count)
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    const staging = this.#staging.take(bytes)
    const { buffer } = staging
    try {
      const submitted = this.#submit(inputs, samples, (arena, encoder) => {
        let to = 0
        outputs.forEach(({ value }, index) => {
          encoder.copyBufferToBuffer(arena.buffer, arena.offsets.get(value.buffer)!, buffer, to, sizes[index])
          to += sizes[index]
        })
      })
      await settle([submitted, staging.ready, buffer.mapAsync(MAP_READ, 0, bytes)])
      const mapped = buffer.getMappedRange(0, bytes)
      let from = 0
      outputs.forEach(({ value }, index) => {
        takeOutput(value, mapped.slice(from, from + sizes[index]), results[index], samples.first)
        from += sizes[index]
      })
      buffer.unmap()
      this.#staging.giveBack(staging)
    } catch (error) {
      this.#staging.discard(staging)
      throw InputError.isInstance(error) ? error : await this.context.causeOf(error)
    }
  }

  /** A buffer for each output of a batch. The caller frees them. */
  outputBuffers(batch: number): Allocation[] {
    const usage = USAGE.storage | USAGE.copySource | USAGE.copyDestination | USAGE.vertex
    return this.program.outputs.map(({ name, value }) =>
      this.context.memory.allocate(`output '${name}'`, 4 * value.buffer.words * batch, usage),
    )
  }

  /** Runs some samples, at most `mostSamples`, and copies the outputs to the buffers of their batch. */
  async runToBuffers(inputs: GpuInputs, samples: Samples, buffers: readonly GPUBuffer[]): Promise<void> {
    try {
      await this.#submit(inputs, samples, (arena, encoder) => {
        this.program.outputs.forEach(({ value }, index) => {
          const bytes = 4 * value.buffer.words
          const [from, to] = [arena.offsets.get(value.buffer)!, samples.first * bytes]
          encoder.copyBufferToBuffer(arena.buffer, from, buffers[index], to, samples.count * bytes)
        })
      })
    } catch (error) {
      throw InputError.isInstance(error) ? error : await this.context.causeOf(error)
    }
  }

  /** Runs the kernels `times` times on the arena's current contents, to measure them. */
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

  /** Frees all memory. A current run keeps its memory until its work is done. */
  dispose(): void {
    const { memory } = this.context
    for (const buffer of this.#constants.buffers) memory.free(buffer)
    if (this.#arena) memory.free(this.#arena.buffer)
    this.#arena = undefined
    this.#staging.dispose()
    this.#pictures.dispose()
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
