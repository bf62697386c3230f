/** The background behind people: rooms, streets, meadows and clutter, each with its own colors and light. */
import { blankPicture, type Color, type Picture } from '@onebit/image'
import type { Draws } from './draws.ts'
import { colorOf, mixed } from './materials.ts'

/** Soft noise: `cells` random values in each direction, interpolated, from -1 to 1. */
function softNoise(draws: Draws, size: number, cells: number): Float32Array {
  const grid = Float32Array.from({ length: (cells + 2) ** 2 }, () => draws.within(-1, 1))
  const result = new Float32Array(size * size)
  const step = cells / size
  for (let row = 0; row < size; row++) {
    const y = row * step
    const [top, below] = [Math.floor(y) * (cells + 2), y - Math.floor(y)]
    for (let column = 0; column < size; column++) {
      const x = column * step
      const [left, right] = [Math.floor(x), x - Math.floor(x)]
      const at = top + left
      const upper = grid[at] + right * (grid[at + 1] - grid[at])
      const lower = grid[at + cells + 2] + right * (grid[at + cells + 3] - grid[at + cells + 2])
      result[row * size + column] = upper + below * (lower - upper)
    }
  }
  return result
}

type ShadeAt = (column: number, row: number) => number

/** Paints the rows from `from` to `to` with a gradient between two colors, times a shade. */
function paint({ data, width }: Picture, from: number, to: number, upper: Color, lower: Color, shadeAt: ShadeAt): void {
  for (let row = Math.max(0, from); row < Math.min(width, to); row++) {
    const color = mixed(upper, lower, (row - from) / Math.max(1, to - from))
    for (let column = 0; column < width; column++) {
      const shade = shadeAt(column, row)
      const at = (row * width + column) * 3
      for (let channel = 0; channel < 3; channel++) data[at + channel] = Math.max(0, Math.min(255, color[channel] * shade))
    }
  }
}

const drawColor = (draws: Draws, saturation: number): Color =>
  colorOf(draws.within(0, 1), draws.within(0, saturation), draws.within(0.2, 0.95))

/** A rectangle of one color with a darker rim: a window, a door, a picture, a box. */
function panel({ data, width }: Picture, draws: Draws, color: Color, lowest: number): void {
  const [wide, high] = [Math.round(width * draws.within(0.08, 0.4)), Math.round(width * draws.within(0.1, 0.6))]
  const left = Math.round(draws.within(-0.1, 0.95) * width)
  const bottom = Math.round(draws.within(0.2, 1) * lowest)
  const rim = draws.within(0.5, 0.9)
  const slope = draws.within(-0.3, 0.3)
  for (let row = Math.max(0, bottom - high); row < Math.min(width, bottom); row++) {
    for (let column = Math.max(0, left); column < Math.min(width, left + wide); column++) {
      const isRim = row < bottom - high + 2 || row >= bottom - 2 || column < left + 2 || column >= left + wide - 2
      const shade = isRim ? rim : 1 + (slope * (row - bottom)) / high
      const at = (row * width + column) * 3
      for (let channel = 0; channel < 3; channel++) data[at + channel] = Math.max(0, Math.min(255, color[channel] * shade))
    }
  }
}

/** A floor in perspective: with boards, with tiles or plain. */
function floorShade(draws: Draws, size: number, horizon: number, noise: Float32Array): ShadeAt {
  const [kind, contrast, vanishing] = [draws.below(3), draws.within(0.75, 0.95), draws.within(0.2, 0.8) * size]
  const [density, grain] = [draws.within(2, 7), draws.within(0, 0.25)]
  return (column, row) => {
    const depth = size / Math.max(2, row - horizon + 3)
    const across = ((column - vanishing) / size) * depth * density
    const isDark =
      kind === 1 ? Math.floor(across + 1000) % 2 === 0 : kind === 2 && Math.floor(across + depth * 3 + 1000) % 2 === 0
    return (isDark ? contrast : 1) * (1 + grain * noise[row * size + column])
  }
}

function indoors(picture: Picture, draws: Draws): number {
  const { width: size } = picture
  const horizon = Math.round(size * draws.within(0.45, 0.85))
  const wall = drawColor(draws, 0.45)
  const [noise, amount, slope] = [softNoise(draws, size, 3), draws.within(0.05, 0.3), draws.within(-0.4, 0.4)]
  const wallShade: ShadeAt = (column, row) => 1 + amount * noise[row * size + column] + slope * (column / size - 0.5)
  paint(picture, 0, horizon, wall, mixed(wall, [0, 0, 0], draws.within(0, 0.3)), wallShade)
  const floor = drawColor(draws, 0.5)
  const fine = softNoise(draws, size, 30)
  paint(picture, horizon, size, mixed(floor, [0, 0, 0], 0.2), floor, floorShade(draws, size, horizon, fine))
  for (let count = draws.below(6); count > 0; count--) panel(picture, draws, drawColor(draws, 0.7), horizon + size * 0.1)
  return horizon
}

function outdoors(picture: Picture, draws: Draws): number {
  const { width: size } = picture
  const horizon = Math.round(size * draws.within(0.25, 0.75))
  const [coarse, fine] = [softNoise(draws, size, 4), softNoise(draws, size, 22)]
  const sky = mixed(
    colorOf(draws.within(0.52, 0.62), draws.within(0.1, 0.6), draws.within(0.6, 1)),
    [235, 235, 235],
    draws.within(0, 0.6),
  )
  const clouds = draws.within(0, 0.3)
  paint(picture, 0, horizon, sky, mixed(sky, [255, 250, 240], 0.6), (column, row) => 1 + clouds * coarse[row * size + column])
  const green = colorOf(draws.within(0.2, 0.4), draws.within(0.2, 0.7), draws.within(0.15, 0.5))
  const height = draws.within(0.02, 0.5) * horizon
  for (let column = 0; column < size; column++) {
    const top = horizon - height * (0.6 + 0.4 * coarse[column + size * 3] + 0.25 * fine[column + size * 7])
    for (let row = Math.max(0, Math.round(top)); row < horizon; row++) {
      const at = (row * size + column) * 3
      const shade = 1 + 0.45 * fine[row * size + column]
      for (let channel = 0; channel < 3; channel++) picture.data[at + channel] = Math.max(0, green[channel] * shade)
    }
  }
  for (let count = draws.chance(0.5) ? draws.below(4) : 0; count > 0; count--)
    panel(picture, draws, drawColor(draws, 0.4), horizon)
  const ground = draws.chance(0.5)
    ? colorOf(draws.within(0.18, 0.35), draws.within(0.3, 0.7), draws.within(0.3, 0.7))
    : colorOf(draws.within(0.05, 0.14), draws.within(0.02, 0.4), draws.within(0.35, 0.8))
  const roughness = draws.within(0.1, 0.35)
  const groundShade: ShadeAt = (column, row) => 1 + roughness * fine[row * size + column] + 0.15 * coarse[row * size + column]
  paint(picture, horizon, size, mixed(ground, [200, 200, 200], 0.2), ground, groundShade)
  return horizon
}

function disorder(picture: Picture, draws: Draws): number {
  const { width: size } = picture
  const [a, b] = [drawColor(draws, 0.8), drawColor(draws, 0.8)]
  const [coarse, fine] = [softNoise(draws, size, 2 + draws.below(8)), softNoise(draws, size, 10 + draws.below(40))]
  const amount = draws.within(0.1, 0.6)
  paint(
    picture,
    0,
    size,
    a,
    b,
    (column, row) => 1 + amount * (0.6 * coarse[row * size + column] + 0.4 * fine[row * size + column]),
  )
  for (let count = draws.below(12); count > 0; count--) panel(picture, draws, drawColor(draws, 0.9), size)
  return Math.round(size * 0.6)
}

/** A square picture without people. */
export function drawBackdrop(draws: Draws, size: number): Picture {
  const picture = blankPicture(size, size, 3)
  draws.one([indoors, indoors, outdoors, outdoors, disorder])(picture, draws)
  return picture
}
