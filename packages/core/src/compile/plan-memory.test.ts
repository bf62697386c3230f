import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { type Lifetime, type PlannedBuffer, planMemory } from './plan-memory.ts'

const LIMITS = { alignment: 16, start: 40, slack: 8 }

function lifetime(bytes: number, first: number, last: number): Lifetime {
  return { buffer: { bytes, address: -1 }, first, last }
}

/** Addresses by the plain rule: largest first, each at the lowest address where it meets none that lives at the same time. */
function expectedAddresses(lifetimes: readonly Lifetime[], start: number): Map<PlannedBuffer, number> {
  const align = (bytes: number): number => Math.ceil(bytes / LIMITS.alignment) * LIMITS.alignment
  const placed: (Lifetime & { readonly from: number; readonly to: number })[] = []
  for (const item of lifetimes.toSorted((a, b) => b.buffer.bytes - a.buffer.bytes)) {
    const bytes = align(item.buffer.bytes)
    const alive = placed.filter(({ first, last }) => first <= item.last && item.first <= last)
    const free = [start, ...alive.map(({ to }) => to)].filter((from) =>
      alive.every((other) => from + bytes <= other.from || other.to <= from),
    )
    const from = Math.min(...free)
    placed.push({ ...item, from, to: from + bytes })
  }
  return new Map(placed.map(({ buffer, from }) => [buffer, from]))
}

/** Lifetimes in one of several patterns of real programs. */
function randomLifetimes(random: Random): Lifetime[] {
  const count = random.integer(1, 700)
  const sizes = random.pick([[64], [16, 64, 200, 1000], Array.from({ length: 50 }, () => random.integer(1, 3000))])
  const length = random.pick([1, 3, 1000])
  return Array.from({ length: count }, (_, index) => {
    const first = random.chance(0.2) ? -1 : index
    const last = random.chance(0.2) ? Number.POSITIVE_INFINITY : Math.max(first, index + random.integer(0, length))
    return lifetime(random.pick(sizes), first, last)
  })
}

describe('planMemory', () => {
  it('puts each buffer at the lowest free address, the largest first', () => {
    for (let number = 0; number < 25; number++) {
      const lifetimes = randomLifetimes(new Random(SEED + number))
      const { bytes, constantBytes } = planMemory([], [lifetimes], LIMITS)
      expect(constantBytes).toBe(48)
      const expected = expectedAddresses(lifetimes, constantBytes)
      for (const { buffer } of lifetimes) {
        expect(buffer.address, `number ${number} of ONEBIT_SEED=${SEED}`).toBe(expected.get(buffer))
        expect(buffer.address + buffer.bytes + LIMITS.slack).toBeLessThanOrEqual(bytes)
      }
    }
  })

  it('puts constants first and all programs behind them at the same place', () => {
    const constants = [1, 17].map((bytes) => ({ bytes, address: -1 }))
    const programs = [[lifetime(100, 0, 1)], [lifetime(10, 0, 1), lifetime(10, 1, 2)]]
    expect(planMemory(constants, programs, LIMITS)).toEqual({ constantBytes: 96, bytes: 96 + 112 + 8 })
    expect(constants.map(({ address }) => address)).toEqual([48, 64])
    expect(programs.flat().map(({ buffer }) => buffer.address)).toEqual([96, 96, 112])
  })

  it.each<[string, (index: number, count: number) => Lifetime]>([
    ['live together', () => lifetime(16, -1, Number.POSITIVE_INFINITY)],
    ['follow one another', (index) => lifetime(16, index, index + 1)],
    [
      'are inputs at first, and then outputs',
      (index, count) => (index < count / 2 ? lifetime(16, -1, index) : lifetime(16, index - count / 2, Number.POSITIVE_INFINITY)),
    ],
  ])('takes no longer a buffer for many that %s', (_, make) => {
    const time = (count: number): number => {
      const lifetimes = Array.from({ length: count }, (_, index) => make(index, count))
      const start = performance.now()
      planMemory([], [lifetimes], LIMITS)
      return performance.now() - start
    }
    const few = Math.min(time(5_000), time(5_000), time(5_000))
    const many = Math.min(time(40_000), time(40_000))
    // There are 8 times the buffers. A search through all of them would take 64 times as long.
    expect(many / few).toBeLessThan(32)
  })
})
