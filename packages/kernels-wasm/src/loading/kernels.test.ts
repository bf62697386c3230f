import { readFile } from 'node:fs/promises'
import { GraphBuilder, LimitError } from '@onebit/core'
import { expect, test } from 'vitest'
import { wasm } from '../wasm-backend.ts'
import { instantiate, isRelaxed, KERNEL_NAMES, RELAXED_KERNEL_NAMES } from './kernels.ts'
import { hasRelaxedSimd } from './support.ts'

test('every module has every kernel, the relaxed one some more', async () => {
  for (const relaxed of hasRelaxedSimd() ? [false, true] : [false]) {
    const file = `../../wasm/kernels${relaxed ? '-relaxed' : ''}.wasm`
    const module = await WebAssembly.compile(await readFile(new URL(file, import.meta.url)))
    expect(isRelaxed(module)).toBe(relaxed)
    const { kernels } = await instantiate(module, 8192)
    const names = relaxed ? [...KERNEL_NAMES, ...RELAXED_KERNEL_NAMES] : KERNEL_NAMES
    for (const kernel of names) expect(kernels[kernel], kernel).toBeTypeOf('function')
  }
})

test.each([
  ['a padding of 2^30 columns', 'pad', { padding: [0, 0, 0, 2 ** 30 - 3] }],
  ['a resize to 20,000 x 100,000', 'resize', { size: [20_000, 100_000] }],
] as const)('%s asks for memory that there is not, which is a typed error', async (_, op, attributes) => {
  const builder = new GraphBuilder()
  builder.output('y', builder.node(op, { inputs: [builder.input('x', [1, 2, 1])], attributes }))
  const error = await wasm({ relaxedSimd: false })
    .compile(builder.build())
    .catch((thrown) => thrown)
  expect(LimitError.isInstance(error), String(error)).toBe(true)
  expect(error).toMatchObject({ limit: 'memory', message: expect.stringMatching(/needs [\d,]+ bytes of memory/) })
})
