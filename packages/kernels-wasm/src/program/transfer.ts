/** Values in and out of a program's memory, a sample at a time. */
import { elementCount, type RunOutput } from '@onebit/core'
import type { NamedValue, Program } from './compile-graph.ts'
import { resolve } from './program-builder.ts'
import { readValue } from './value.ts'

export type Inputs = Readonly<Record<string, Float32Array>>

function emptyOutput({ value }: NamedValue, batch: number): RunOutput {
  const count = batch * elementCount(value.shape)
  if (value.dtype === 'float32') return new Float32Array(count)
  return value.dtype === 'bit' ? new Int8Array(count) : new Int32Array(count)
}

/** Arrays for the program's outputs, in order. */
export function emptyOutputs({ outputs }: Program, batch: number): RunOutput[] {
  return outputs.map((output) => emptyOutput(output, batch))
}

export function writeConstants({ constants }: Program, memory: WebAssembly.Memory): void {
  for (const { data, address } of constants) {
    const { buffer, byteOffset, byteLength } = data!
    new Uint8Array(memory.buffer, address, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength))
  }
}

export function writeSample({ inputs }: Program, memory: WebAssembly.Memory, values: Inputs, sample: number): void {
  for (const { name, value } of inputs) {
    const count = elementCount(value.shape)
    const target = new Float32Array(memory.buffer, resolve(value.buffer, 0), count)
    target.set(values[name].subarray(sample * count, (sample + 1) * count))
  }
}

export function readSample(
  { outputs }: Program,
  memory: WebAssembly.Memory,
  results: readonly RunOutput[],
  sample: number,
): void {
  outputs.forEach(({ value }, index) => {
    readValue(memory, value, results[index], sample * elementCount(value.shape))
  })
}

/** The outputs by name. */
export function namedOutputs({ outputs }: Program, results: readonly RunOutput[]): Record<string, RunOutput> {
  return Object.fromEntries(outputs.map(({ name }, index) => [name, results[index]]))
}
