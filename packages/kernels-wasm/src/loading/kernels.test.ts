import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { instantiate, isRelaxed, KERNEL_NAMES, RELAXED_KERNEL_NAMES } from './kernels.ts'
import { hasRelaxedSimd } from './support.ts'

async function compile(file: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL(`../../wasm/${file}`, import.meta.url)))
}

test('the module has every kernel', async () => {
  const module = await compile('kernels.wasm')
  expect(isRelaxed(module)).toBe(false)
  const { kernels } = await instantiate(module, 8192)
  for (const kernel of KERNEL_NAMES) expect(kernels[kernel], kernel).toBeTypeOf('function')
})

test.runIf(hasRelaxedSimd())('the relaxed module has some more', async () => {
  const module = await compile('kernels-relaxed.wasm')
  expect(isRelaxed(module)).toBe(true)
  const { kernels } = await instantiate(module, 8192)
  for (const kernel of [...KERNEL_NAMES, ...RELAXED_KERNEL_NAMES]) expect(kernels[kernel], kernel).toBeTypeOf('function')
})
