import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { instantiate, KERNEL_NAMES } from './kernels.ts'

test('the module has every kernel', async () => {
  const module = await WebAssembly.compile(await readFile(new URL('../../wasm/kernels.wasm', import.meta.url)))
  const { kernels } = await instantiate(module, 8192)
  for (const kernel of KERNEL_NAMES) expect(kernels[kernel], kernel).toBeTypeOf('function')
})
