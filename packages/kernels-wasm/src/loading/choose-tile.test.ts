import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { chooseFastest, chooseKernel, DEFAULT_TILES, race } from './choose-tile.ts'

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

  it('follows the options', () => {
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

describe('race', () => {
  it('times every contender', () => {
    const spin = (steps: number) => () => {
      for (let step = 0; step < steps; step++) Math.hypot(step, steps)
    }
    const times = race({ short: spin(2000), long: spin(40_000) }, 20)!
    expect(times.short).toBeGreaterThan(0)
    expect(times.long).toBeGreaterThan(times.short)
  })
})

describe('a clock that tells no time', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  let moment = 0
  let ticks = 0
  it.each<[string, () => number]>([
    ['stands still', () => 0],
    ['runs backwards', () => --moment],
    ['is no number', () => Number.NaN],
    ['never ends', () => Number.POSITIVE_INFINITY],
    ['ticks every 100 ms, as against fingerprints', () => 100 * Math.floor(++ticks / 1000)],
    ['swings to and fro', () => (++ticks % 2 === 0 ? 1000 : 0)],
  ])('that %s ends the trial, and the default is taken', async (_, clock) => {
    vi.spyOn(performance, 'now').mockImplementation(clock)
    let calls = 0
    expect(race({ counted: () => void calls++ }, 10)).toBeUndefined()
    expect(calls).toBeLessThan(10_000)
    const module = await WebAssembly.compile(await readFile(new URL('../../wasm/kernels.wasm', import.meta.url)))
    expect((await chooseKernel(module)).tiles).toEqual(DEFAULT_TILES)
    expect(await chooseKernel(module, false, { tileOutputs: 32 })).toEqual({
      tiles: ['2', '1'],
      reason: expect.stringContaining('no trial'),
    })
  })

  it('that is not there is no obstacle', async () => {
    vi.stubGlobal('performance', undefined)
    const module = await WebAssembly.compile(await readFile(new URL('../../wasm/kernels.wasm', import.meta.url)))
    expect((await chooseKernel(module)).reason).toContain('trial at start-up')
  })
})
