import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { registerTrainingKernels } from '../src/register-training-kernels.ts'

/** Uniform random numbers in [0, 1) from a seed. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** The random choices of one test. */
export class Random {
  readonly next: () => number

  constructor(seed: number) {
    this.next = randomSource(seed)
  }

  /** An integer from `from` to `to`, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)]
  }

  /** Values in [-1, 1), shifted by `offset`. */
  values(shape: readonly number[], offset = 0): Float32Array {
    return Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => this.next() * 2 - 1 + offset)
  }
}

export const seed = Number(process.env.ONEBIT_SEED ?? Date.now() % 1_000_000)

/** Runs `body` with a seeded source of random choices. A failure names the seed. */
export async function withRandom(body: (random: Random) => unknown): Promise<void> {
  try {
    await body(new Random(seed))
  } catch (error) {
    console.error(`Failed with ONEBIT_SEED=${seed}`)
    throw error
  }
}

/** An operand: a shape with its values. */
export interface Operand {
  shape: number[]
  values: Float32Array | Int32Array
  dtype?: 'float32' | 'int32'
}

/** Runs `compute` on a backend and returns the values of its results. */
export async function valuesOn(
  backend: 'cpu' | 'wasm',
  operands: Operand[],
  compute: (...inputs: tf.Tensor[]) => tf.Tensor[],
): Promise<Float32Array[]> {
  await tf.setBackend(backend)
  const results = tf.tidy(() => compute(...operands.map(({ values, shape, dtype }) => tf.tensor(values, shape, dtype))))
  const values = results.map((result) => Float32Array.from(result.dataSync()))
  tf.dispose(results)
  await tf.setBackend('wasm')
  return values
}

/** Expects each difference to be below `tolerance` times the largest expected magnitude. */
export function expectClose(actual: Float32Array[], expected: Float32Array[], tolerance: number, message: string): void {
  expect(actual.length, message).toBe(expected.length)
  actual.forEach((values, index) => {
    expect(values.length, `${message}, result ${index}`).toBe(expected[index].length)
    const scale = expected[index].reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6)
    const worst = values.reduce((largest, value, i) => {
      const difference = Math.abs(value - expected[index][i]) / scale
      return Math.max(difference, largest)
    }, 0)
    expect(worst, `${message}, result ${index}: largest relative difference`).toBeLessThan(tolerance)
  })
}

/** Declares the tests once for kernels that work in place and once for kernels that copy. */
export function describeInBothMemories(name: string, declare: () => void): void {
  describe.each(['shared', 'copied'] as const)(`${name} (%s memory)`, (memory) => {
    test('registers', async () => {
      await tf.setBackend('wasm')
      expect((await registerTrainingKernels({ memory })).memory).toBe(memory)
    })
    declare()
    test('unregisters', async () => {
      const before = tf.memory().numTensors
      const kernels = await registerTrainingKernels({ memory })
      kernels.unregister()
      expect(tf.memory().numTensors).toBe(before)
    })
  })
}
