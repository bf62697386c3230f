/** A compiled graph with memory of its own. A run is one synchronous stretch of kernel calls, so calls cannot interleave. */
import { checkInputs, DisposedError, type Executable, elementCount, type RunOptions, type RunOutput } from '@onebit/core'
import type { Instance } from './loading/kernels.ts'
import type { NamedValue, Program } from './program/compile-graph.ts'
import { type Argument, bufferOf } from './program/program-builder.ts'
import { readValue } from './program/value.ts'

/** What is released by `dispose`. */
interface Resources {
  readonly memory: WebAssembly.Memory
  readonly calls: readonly (() => void)[]
}

function addressOf(argument: Argument): number {
  if (typeof argument === 'number') return argument
  return bufferOf(argument)!.address + ('buffer' in argument ? argument.offset : 0)
}

/** Writes the constants to memory and ties every step to its kernel and addresses. */
export function bindProgram({ constants, steps }: Program, { memory, kernels }: Instance): (() => void)[] {
  for (const { data, address } of constants) {
    const { buffer, byteOffset, byteLength } = data!
    new Uint8Array(memory.buffer, address, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return steps.map((step) => {
    const kernel = kernels[step.kernel]
    const numbers = step.arguments.map(addressOf)
    return () => kernel(...numbers)
  })
}

function emptyOutput({ value }: NamedValue, batch: number): RunOutput {
  const count = batch * elementCount(value.shape)
  if (value.dtype === 'float32') return new Float32Array(count)
  return value.dtype === 'bit' ? new Int8Array(count) : new Int32Array(count)
}

export class WasmExecutable implements Executable {
  readonly #inputs: readonly NamedValue[]
  readonly #outputs: readonly NamedValue[]
  #resources: Resources | undefined

  constructor(program: Program, instance: Instance) {
    this.#inputs = program.inputs
    this.#outputs = program.outputs
    this.#resources = { memory: instance.memory, calls: bindProgram(program, instance) }
  }

  async run(inputs: Readonly<Record<string, Float32Array>>, options?: RunOptions): Promise<Record<string, RunOutput>> {
    if (!this.#resources) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const { memory, calls } = this.#resources
    const declared = this.#inputs.map(({ name, value }) => ({ name, shape: value.shape }))
    const batch = checkInputs(declared, inputs, options)
    const results = this.#outputs.map((output) => emptyOutput(output, batch))
    for (let sample = 0; sample < batch; sample++) {
      for (const { name, value } of this.#inputs) {
        const count = elementCount(value.shape)
        const target = new Float32Array(memory.buffer, value.buffer.address, count)
        target.set(inputs[name].subarray(sample * count, (sample + 1) * count))
      }
      for (const call of calls) call()
      this.#outputs.forEach(({ value }, index) => {
        readValue(memory, value, results[index], sample * elementCount(value.shape))
      })
    }
    return Object.fromEntries(this.#outputs.map(({ name }, index) => [name, results[index]]))
  }

  dispose(): void {
    this.#resources = undefined
  }
}
