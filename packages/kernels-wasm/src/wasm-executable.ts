/** A compiled graph with memory of its own. A run is one synchronous stretch of kernel calls, so calls cannot interleave. */
import { checkInputs, DisposedError, type Executable, type RunOptions, type RunOutput } from '@onebit/core'
import type { Instance } from './loading/kernels.ts'
import type { Program } from './program/compile-graph.ts'
import { resolve } from './program/program-builder.ts'
import { emptyOutputs, type Inputs, namedOutputs, readSample, writeConstants, writeSample } from './program/transfer.ts'

/** What `compile` gives. */
export interface KernelExecutable extends Executable {
  /** Threads that a run uses. */
  readonly threads: number
  /** Why there is one thread although more were asked for. */
  readonly reason?: string
}

/** What is released by `dispose`. */
interface Resources {
  readonly memory: WebAssembly.Memory
  readonly calls: readonly (() => void)[]
}

/** Writes the constants to memory and ties every step to its kernel and addresses. */
export function bindProgram(program: Program, { memory, kernels }: Instance): (() => void)[] {
  writeConstants(program, memory)
  return program.steps.map((step) => {
    const kernel = kernels[step.kernel]
    const numbers = step.arguments.map((argument) => resolve(argument, 0))
    return () => kernel(...numbers)
  })
}

export class WasmExecutable implements KernelExecutable {
  readonly threads = 1
  readonly reason?: string
  readonly #program: Program
  #resources: Resources | undefined

  constructor(program: Program, instance: Instance, reason?: string) {
    this.#program = program
    this.#resources = { memory: instance.memory, calls: bindProgram(program, instance) }
    this.reason = reason
  }

  async run(inputs: Inputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    if (!this.#resources) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const { memory, calls } = this.#resources
    const batch = checkInputs(this.#program.declaredInputs, inputs, options)
    const results = emptyOutputs(this.#program, batch)
    for (let sample = 0; sample < batch; sample++) {
      writeSample(this.#program, memory, inputs, sample)
      for (const call of calls) call()
      readSample(this.#program, memory, results, sample)
    }
    return namedOutputs(this.#program, results)
  }

  dispose(): void {
    this.#resources = undefined
  }
}
