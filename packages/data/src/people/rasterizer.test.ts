/** The rasterizer looks only at pixels near a capsule. Here a plain loop looks at all of them. */
import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { Draws } from './draws.ts'
import { type Ball, Rasterizer } from './rasterizer.ts'

const SIZE = 48
const light = { direction: [0, 0, -1], ambient: 0.5, diffuse: 0.5 } as const
const material = { color: [200, 100, 50], gloss: 0 } as const

/** Depth of the nearest of all capsules in every pixel. */
function plainDepth(capsules: readonly (readonly [Ball, Ball])[]): Float32Array {
  const depth = new Float32Array(SIZE * SIZE).fill(Number.POSITIVE_INFINITY)
  for (const [a, b] of capsules) {
    const [dx, dy, dz] = b.at.map((value, axis) => value - a.at[axis])
    const squared = Math.max(dx * dx + dy * dy, 1e-6)
    for (let pixel = 0; pixel < depth.length; pixel++) {
      const [px, py] = [(pixel % SIZE) + 0.5 - a.at[0], Math.floor(pixel / SIZE) + 0.5 - a.at[1]]
      const share = Math.max(0, Math.min(1, (px * dx + py * dy) / squared))
      const radius = a.radius + (b.radius - a.radius) * share
      const off = (px - share * dx) ** 2 + (py - share * dy) ** 2
      if (off < radius * radius) depth[pixel] = Math.min(depth[pixel], a.at[2] + share * dz - Math.sqrt(radius * radius - off))
    }
  }
  return depth
}

test('covers the pixels of a plain loop, at its depths: thick, thin, steep, flat, and partly outside', () => {
  const seed = Number(process.env.ONEBIT_SEED ?? 1)
  const draws = new Draws(new Random(seed))
  const ball = (): Ball => ({
    at: [draws.within(-8, SIZE + 8), draws.within(-8, SIZE + 8), draws.within(-20, 20)],
    radius: draws.within(0.3, 9),
  })
  for (let round = 0; round < 60; round++) {
    const capsules = Array.from({ length: 6 }, () => [ball(), ball()] as const)
    const [from] = capsules[0]
    // Along a row, along a column, and without length.
    capsules.push([from, { ...from, at: [from.at[0] + 20, from.at[1], 0] }])
    capsules.push([from, { ...from, at: [from.at[0], from.at[1] - 20, 0] }])
    capsules.push([from, from])
    const canvas = new Rasterizer(SIZE, SIZE, light)
    for (const [a, b] of capsules) canvas.capsule(a, b, material)
    const plain = plainDepth(capsules)
    for (const [pixel, depth] of plain.entries()) {
      const own = canvas.depth[pixel]
      const isClose = own === depth || Math.abs(own - depth) < 1e-3
      expect(isClose, `ONEBIT_SEED=${seed}, round ${round}, pixel ${pixel}: ${own}, ${depth}`).toBe(true)
    }
  }
})
