import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { chooseFastest, chooseKernel } from './choose-tile.ts'

const times = { '2': 3, '4': 2.5, '4Ordered': 2, popcount: 4 }

describe('chooseFastest', () => {
  it('takes the fastest tile', () => {
    expect(chooseFastest(times).tiles).toEqual(['4Ordered', '2', '1'])
    expect(chooseFastest({ ...times, '4': 1 }).tiles).toEqual(['4', '2', '1'])
    expect(chooseFastest({ ...times, '2': 1 }).tiles).toEqual(['2', '1'])
  })

  it('takes popcount only where it beats every tile', () => {
    expect(chooseFastest({ ...times, popcount: 1 }).tiles).toEqual([])
    expect(chooseFastest({ ...times, popcount: 2.2 }).tiles).toEqual(['4Ordered', '2', '1'])
  })

  it('keeps to what was asked for', () => {
    expect(chooseFastest({ ...times, popcount: 1 }, { binaryKernel: 'tables' }).tiles).toEqual(['4Ordered', '2', '1'])
    expect(chooseFastest({ ...times, popcount: 1 }, { tileOutputs: 32 }).tiles).toEqual(['2', '1'])
    expect(chooseFastest({ ...times, '2': 1 }, { tileOutputs: 64 }).tiles).toEqual(['4Ordered', '2', '1'])
  })

  it('says what it measured', () => {
    expect(chooseFastest(times).reason).toContain('ordered tiles of 64 2.000 ms, popcount 4.000 ms')
  })
})

describe('chooseKernel', () => {
  it('tries a module once', async () => {
    const module = await WebAssembly.compile(await readFile(new URL('../../wasm/kernels.wasm', import.meta.url)))
    const { reason } = await chooseKernel(module)
    const narrow = await chooseKernel(module, false, { tileOutputs: 32 })
    expect(narrow).toEqual({ tiles: ['2', '1'], reason })
  })
})
