/** Copies values in and out of a network's memory, as many samples at a time as a program takes. */
import { elementCount, type RunInputs, type RunOutput } from '@onebit/core'
import type { CompiledNetwork, Program } from '../program/program.ts'
import { readValue, writeValue } from '../program/value.ts'

/** Arrays for a batch of a program's outputs, in order. */
export function emptyOutputs({ samples, outputs }: Program, batch: number): RunOutput[] {
  return outputs.map(({ value: { dtype, shape } }) => {
    const count = batch * (elementCount(shape) / samples)
    if (dtype === 'float32') return new Float32Array(count)
    return dtype === 'bit' ? new Int8Array(count) : new Int32Array(count)
  })
}

export function writeConstants({ constants }: CompiledNetwork, memory: WebAssembly.Memory): void {
  for (const { data, address } of constants) {
    const { buffer, byteOffset, byteLength } = data!
    new Uint8Array(memory.buffer, address, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength))
  }
}

/** @param first The first sample that the program takes. */
export function writeSamples({ samples, inputs }: Program, memory: WebAssembly.Memory, given: RunInputs, first: number): void {
  for (const { name, value } of inputs) {
    writeValue(memory, value, given[name], first * (elementCount(value.shape) / samples))
  }
}

export function readSamples(
  { samples, outputs }: Program,
  memory: WebAssembly.Memory,
  results: readonly RunOutput[],
  first: number,
): void {
  outputs.forEach(({ value }, index) => {
    readValue(memory, value, results[index], first * (elementCount(value.shape) / samples))
  })
}

/** The outputs by name. */
export function namedOutputs({ outputs }: Program, results: readonly RunOutput[]): Record<string, RunOutput> {
  return Object.fromEntries(outputs.map(({ name }, index) => [name, results[index]]))
}
