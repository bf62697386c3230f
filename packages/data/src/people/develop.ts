/** Turns a canvas and a backdrop into a photograph: smooths edges, shifts exposure and color, and adds the noise of a sensor. */
import type { Picture } from '@onebit/image'
import type { Draws } from './draws.ts'
import type { Rasterizer } from './rasterizer.ts'

/** Lays the canvas over the backdrop. The canvas is twice as large. */
function layOver({ depth, colors, width }: Rasterizer, { data, width: size }: Picture): void {
  const quarters = [0, 1, width, width + 1]
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const first = 2 * row * width + 2 * column
      let covered = 0
      let red = 0
      let green = 0
      let blue = 0
      for (let quarter = 0; quarter < 4; quarter++) {
        const pixel = first + quarters[quarter]
        if (depth[pixel] === Number.POSITIVE_INFINITY) continue
        covered++
        red += colors[3 * pixel]
        green += colors[3 * pixel + 1]
        blue += colors[3 * pixel + 2]
      }
      if (covered === 0) continue
      const at = 3 * (row * size + column)
      const behind = 4 - covered
      data[at] = (data[at] * behind + red) / 4
      data[at + 1] = (data[at + 1] * behind + green) / 4
      data[at + 2] = (data[at + 2] * behind + blue) / 4
    }
  }
}

/** For each channel, the new value of each byte: gain, contrast, gamma. */
function curve(draws: Draws): Uint8Array[] {
  const [gain, contrast, gamma] = [1 + draws.around(0.12), 1 + draws.around(0.12), Math.exp(draws.around(0.15))]
  return [0, 1, 2].map(() => {
    const cast = gain * (1 + draws.around(0.05))
    return Uint8Array.from({ length: 256 }, (_, value) => {
      const level = 127.5 + contrast * (255 * (value / 255) ** gamma * cast - 127.5)
      return Math.max(0, Math.min(255, level))
    })
  })
}

/** Every value becomes the mean of itself, twice, and its neighbors on a line. */
function blurLines(data: Uint8Array, count: number, step: number, lines: number, stride: number): void {
  for (let line = 0; line < lines; line++) {
    let at = line * stride
    let before = data[at]
    for (let index = 0; index < count - 1; index++, at += step) {
      const own = data[at]
      data[at] = (before + 2 * own + data[at + step] + 2) >> 2
      before = own
    }
  }
}

function blur({ data, width, height }: Picture): void {
  const row = 3 * width
  for (let channel = 0; channel < 3; channel++) {
    const values = data.subarray(channel)
    blurLines(values, width, 3, height, row)
    blurLines(values, height, row, width, 3)
  }
}

/** Standard deviation of the sum of two uniform bytes. */
const DEVIATION = 104

const clamped = (value: number): number => Math.max(0, Math.min(255, value))

/** Changes the backdrop into the picture. */
export function develop(canvas: Rasterizer, backdrop: Picture, draws: Draws): Picture {
  layOver(canvas, backdrop)
  if (draws.chance(0.35)) blur(backdrop)
  const curves = curve(draws)
  const noise = draws.chance(0.7) ? draws.within(0, 9) : 0
  const { data } = backdrop
  const [red, green, blue] = curves
  // One number per pixel: the sum of two uniform bytes is close enough to the noise of sensors. Every channel uses its own byte.
  const scale = noise / DEVIATION
  for (let at = 0; at < data.length; at += 3) {
    const bits = noise === 0 ? 0x7f7f7f7f : draws.bits()
    const common = (bits & 255) - 255
    data[at] = clamped(red[data[at]] + scale * (common + ((bits >>> 8) & 255)))
    data[at + 1] = clamped(green[data[at + 1]] + scale * (common + ((bits >>> 16) & 255)))
    data[at + 2] = clamped(blue[data[at + 2]] + scale * (common + (bits >>> 24)))
  }
  return backdrop
}
