import type { LoadedNetwork, OutputValues, TaskRuntime } from '@onebit/core'
import { expect, it } from 'vitest'
import { measureNetwork } from './measure-network.ts'

/** A network that squares its pictures of 1x3 pixels, and uses the memory of its output again. */
function squares(): LoadedNetwork {
  const memory = new Float32Array(6)
  const run = async ({ image }: Record<string, Float32Array>) => {
    memory.set(image.map((value) => value * value))
    return { map: memory }
  }
  const shapes = { inputs: [{ name: 'image', shape: [1, 3, 1] }], outputs: [{ name: 'map', shape: [1, 3, 1] }] }
  return { ...shapes, run } as unknown as LoadedNetwork
}

const decoded: number[][] = []
const runtime = {
  decode: ({ map }: OutputValues) => [...Array.from(map.data)],
  // Not quite a mirror, so that both outputs can be told apart.
  mirrorOutputs: ({ map }: OutputValues) => ({ map: { ...map, data: Array.from(map.data, (value) => 100 * value) } }),
  metrics: () => [],
  measure: () => ({ add: (prediction: number[]) => decoded.push(prediction), values: () => ({}) }),
} as unknown as TaskRuntime

it.each([
  [false, [1, 4, 9], [16, 25, 36]],
  [true, [450.5, 202, 54.5], [1808, 1262.5, 818]],
])('with the flip test %s, decodes the outputs of each picture', async (flipTest, ...expected) => {
  decoded.length = 0
  const batch = { images: Float32Array.of(1, 2, 3, 4, 5, 6), annotations: [0, 0], placements: [], targets: {} }
  const batches = [batch] as unknown as Parameters<typeof measureNetwork>[3]
  const { count } = await measureNetwork(squares(), runtime, {}, batches, { flipTest, onProgress: () => {} })
  expect([count, ...decoded]).toEqual([2, ...expected])
})
