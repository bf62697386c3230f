import { InputError, type LoadedNetwork, type OutputValues } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { withMirrorImage } from './with-mirror-image.ts'

/** A network that squares its pictures of 1x3 pixels, and uses the memory of its outputs again. */
function squares(): LoadedNetwork {
  const memory = { map: new Float32Array(6), other: new Float32Array(6) }
  const run = async ({ image }: Record<string, Float32Array>) => {
    memory.map.set(image.map((value) => value * value))
    memory.other.set(image)
    return memory
  }
  const shape = [1, 3, 1]
  const outputs = [
    { name: 'map', shape },
    { name: 'other', shape },
  ]
  return { inputs: [{ name: 'image', shape }], outputs, metadata: {}, run, dispose() {} } as unknown as LoadedNetwork
}

// Not quite a mirror, so that both outputs can be told apart.
const runtime = {
  name: 'test',
  mirrorOutputs: ({ map }: OutputValues) => ({ map: { ...map, data: Array.from(map.data, (value) => 100 * value) } }),
}

describe('withMirrorImage()', () => {
  it('gives the mean of both outputs of each picture, and leaves the others', async () => {
    const image = Float32Array.of(1, 2, 3, 4, 5, 6)
    const { map, other } = await withMirrorImage(squares(), runtime, {}).run({ image })
    expect([...map]).toEqual([450.5, 202, 54.5, 1808, 1262.5, 818])
    expect([...other]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('refuses a task that cannot mirror its outputs', () => {
    expect(() => withMirrorImage(squares(), { name: 'count' }, {})).toThrow(/'count' has no flip test/)
    expect(() => withMirrorImage(squares(), { name: 'count' }, {})).toThrow(InputError)
  })
})
