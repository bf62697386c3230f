import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
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
