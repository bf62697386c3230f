/** Clocks that cannot measure: fake timers, edge workers, protection against fingerprinting. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { describeOnGpu, gpu } from '../../test/gpu.ts'
import { Devices } from '../device/devices.ts'
import { TILES_BY_RULE } from '../kernels/choose-tile.ts'
import { race, tilesByTrial } from './tile-trial.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const wait = (milliseconds: number) => () => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

let moment = 0
let ticks = 0
const CLOCKS: readonly [what: string, clock: () => number][] = [
  ['stands still', () => 0],
  ['runs backwards', () => --moment],
  ['is no number', () => Number.NaN],
  ['never ends', () => Number.POSITIVE_INFINITY],
  ['ticks every 100 ms, as against fingerprints', () => 100 * Math.floor(++ticks / 1000)],
  ['swings to and fro', () => [0, 1000, 500][++ticks % 3]],
]

describe('a race', () => {
  test('times every contender', async () => {
    const times = await race([wait(1), wait(30)])
    expect(times![1]).toBeGreaterThan(times![0])
  })

  test.each(CLOCKS)('ends without times on a clock that %s', async (_, clock) => {
    vi.spyOn(performance, 'now').mockImplementation(clock)
    let calls = 0
    expect(await race([async () => void calls++])).toBeUndefined()
    expect(calls).toBe(3)
  })

  test('needs no performance', async () => {
    vi.stubGlobal('performance', undefined)
    expect(await race([wait(5)])).toEqual([expect.any(Number)])
  })
})

describeOnGpu('tiles, if the clock cannot measure,', () => {
  test.each(CLOCKS.slice(0, 2))('are chosen by rule: it %s', async (_, clock) => {
    const context = await new Devices({ gpu }).current()
    vi.spyOn(performance, 'now').mockImplementation(clock)
    const { tileOf, choice } = await tilesByTrial(context, [{ leastPixels: 1, side: 4, channels: 32 }])
    expect(choice).toMatch(/^By rule: .* The clock of this engine cannot measure/)
    expect(tileOf(16, 64)).toEqual(TILES_BY_RULE.tileOf(16, 64))
    expect(context.memory.bytes).toBe(0)
  })
})
