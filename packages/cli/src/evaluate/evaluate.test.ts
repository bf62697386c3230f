/** Tests the choice of pictures for measuring a file. */
import type { LoadedNetwork } from '@onebit/core'
import { beforeAll, expect, test } from 'vitest'
import { runtimeRegistry } from '../plugins/runtime-registry.ts'
import { chooseDataset } from './choose-dataset.ts'

let registry: Awaited<ReturnType<typeof runtimeRegistry>>

beforeAll(async () => {
  registry = await runtimeRegistry()
})

const network = {
  inputs: [{ name: 'image', shape: [28, 28, 1] }],
  outputs: [
    { name: 'scores', shape: [3] },
    { name: 'place', shape: [1, 2] },
  ],
  metadata: {},
} as unknown as LoadedNetwork

test('a flag overrides an option of the named data set, and the option overrides its default', () => {
  const file = 'first.safetensors'
  const optionsOf = (more: object) => chooseDataset(network, { file, ...more }, registry).options
  const data = { name: 'fashion-mnist', limit: 7 } as never
  expect(optionsOf({ data })).toMatchObject({ limit: 7 })
  expect(optionsOf({ data, limit: 3 })).toMatchObject({ limit: 3 })
})
