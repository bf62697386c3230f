/** A compiled graph with memory of its own. A run is one synchronous stretch of kernel calls, so calls cannot interleave. */
import { checkInputs, DisposedError, type RunInputs, type RunOptions, type RunOutput } from '@onebit/core'
import type { Instance } from '../loading/kernels.ts'
import { resolve } from '../program/buffer.ts'
import type { CompiledNetwork, Program } from '../program/program.ts'
import type { KernelExecutable } from './kernel-executable.ts'
import { splitBatch } from './split-batch.ts'
import { emptyOutputs, namedOutputs, readSamples, writeConstants, writeSamples } from './transfer.ts'

/** A program's kernel calls, in order. */
type Calls = readonly (() => void)[]

/** Resources that `dispose` releases. */
interface Resources {
  readonly memory: WebAssembly.Memory
  /** Calls of each program. */
  readonly calls: readonly Calls[]
}

/** Ties every step to its kernel and addresses. */
export function bindProgram({ steps }: Program, { kernels }: Instance): Calls {
  return steps.map((step) => {
    const kernel = kernels[step.kernel]
    const numbers = step.arguments.map((argument) => resolve(argument, 0))
    return () => kernel(...numbers)
  })
}

export class SingleThreadExecutable implements KernelExecutable {
  readonly threads = 1
  readonly explanations: KernelExecutable['explanations']
  readonly reason?: string
  readonly #compiled: CompiledNetwork
  #resources: Resources | undefined

  constructor(compiled: CompiledNetwork, instance: Instance, reason?: string) {
    const { memory } = instance
    writeConstants(compiled, memory)
    this.#compiled = compiled
    this.#resources = { memory, calls: compiled.programs.map((program) => bindProgram(program, instance)) }
    this.explanations = compiled.explanations
    this.reason = reason
  }

  async run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    if (!this.#resources) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const { memory, calls } = this.#resources
    const { declaredInputs, programs } = this.#compiled
    const batch = checkInputs(declaredInputs, inputs, options)
    const results = emptyOutputs(programs[0], batch)
    for (const { program, first } of splitBatch(programs, batch)) {
      writeSamples(programs[program], memory, inputs, first)
      for (const call of calls[program]) call()
      readSamples(programs[program], memory, results, first)
    }
    return namedOutputs(programs[0], results)
  }

  dispose(): void {
    this.#resources = undefined
  }
}
