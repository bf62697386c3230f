/** bench/results/webgpu.json: every contender's answer is right, ran on the device, and binary networks take a quarter of their twin's time. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { median, type WebgpuResults } from '../bench/results.ts'

const { networks, engine, adapter, command }: WebgpuResults = JSON.parse(
  readFileSync(new URL('../../../bench/results/webgpu.json', import.meta.url), 'utf8'),
)
/** Float32 sums in another order, relative to the largest output; a bit may have flipped behind them. */
const TOLERANCE = 1e-3

test('they say where they come from', () => {
  expect(command).toMatch(/^npm run bench -- webgpu/)
  expect(engine).toMatch(/^Chromium \d/)
  expect(adapter.name).toMatch(/swiftshader/i)
})

describe.each(networks.map((network) => [network.network, network] as const))('%s', (name, network) => {
  const { contenders, rounds, timesFasterThanTwin } = network

  test('every contender ran on the device, and gave our answer', () => {
    for (const { name: contender, passes, difference, wall } of contenders) {
      expect(passes, contender).toBeGreaterThan(0)
      expect(difference, contender).toBeLessThan(TOLERANCE)
      expect(wall, contender).toHaveLength(rounds)
    }
  })

  test('medians and ratio are those of the raw times', () => {
    for (const { wall, medianMs } of contenders) expect(medianMs).toBe(median(wall))
    expect(timesFasterThanTwin).toBe(contenders[1].medianMs / contenders[0].medianMs)
  })

  if (name.startsWith('float')) return
  test('takes at most a quarter of the time of its float twin', () => {
    expect(timesFasterThanTwin).toBeGreaterThanOrEqual(4)
  })
})
