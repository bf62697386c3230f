/**
 * bench/results/webgpu.json: every contender ran on the device with the right answer, and binary networks take at most a quarter
 * of their twin's time.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { median, type WebgpuResults } from '../bench/results.ts'

const { networks, engine, adapter, command }: WebgpuResults = JSON.parse(
  readFileSync(new URL('../../../bench/results/webgpu.json', import.meta.url), 'utf8'),
)
/** Relative to the largest output. Float32 sums in another order differ, and bits after them may flip. */
const TOLERANCE = 1e-3

test('they name their command, engine and adapter', () => {
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
