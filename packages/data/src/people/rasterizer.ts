/**
 * Draws tapered capsules in front of one another, with a depth for every pixel. A capsule is two circles and the area between
 * them, shaded like a round body by a light from one side.
 *
 * Coordinates are pixels of the canvas, x right, y down, and depth in the same unit, away from the viewer.
 */
import type { Material } from './materials.ts'
import type { Vector } from './vector.ts'

export interface Light {
  /** Direction towards the light, of length 1, in the canvas's coordinates. */
  readonly direction: Vector
  /** Share of a color without the light, and the share that full light adds. */
  readonly ambient: number
  readonly diffuse: number
}

/** The end of a capsule. */
export interface Ball {
  readonly at: Vector
  readonly radius: number
}

export class Rasterizer {
  readonly width: number
  readonly height: number
  /** Depth of the nearest capsule in every pixel; infinite if there is none. */
  readonly depth: Float32Array
  /** `[height, width, 3]` */
  readonly colors: Uint8Array
  readonly #light: Light

  constructor(width: number, height: number, light: Light) {
    this.width = width
    this.height = height
    this.depth = new Float32Array(width * height).fill(Number.POSITIVE_INFINITY)
    this.colors = new Uint8Array(width * height * 3)
    this.#light = light
  }

  /** Depth at a point, or infinity outside the canvas. */
  depthAt(x: number, y: number): number {
    const [column, row] = [Math.floor(x), Math.floor(y)]
    const isInside = column >= 0 && row >= 0 && column < this.width && row < this.height
    return isInside ? this.depth[row * this.width + column] : Number.POSITIVE_INFINITY
  }

  /** @param length Length of the capsule in space, in the unit of `radius`, for patterns. The visible length may be shorter. */
  capsule(a: Ball, b: Ball, material: Material, length = 1): void {
    const [ax, ay, az] = a.at
    const [dx, dy, dz] = [b.at[0] - ax, b.at[1] - ay, b.at[2] - az]
    const most = Math.max(a.radius, b.radius)
    const squared = Math.max(dx * dx + dy * dy, 1e-6)
    const axis = Math.sqrt(squared)
    const firstRow = Math.max(0, Math.floor(Math.min(ay, ay + dy) - most))
    const lastRow = Math.min(this.height - 1, Math.ceil(Math.max(ay, ay + dy) + most))
    const { direction, ambient, diffuse } = this.#light
    const [lx, ly, lz] = direction
    const { color, shadeAt, gloss } = material
    const taper = b.radius - a.radius
    for (let row = firstRow; row <= lastRow; row++) {
      const py = row + 0.5 - ay
      // Only this stretch of the axis is near enough to the row.
      const [start, end] =
        dy === 0 ? [0, 1] : dy > 0 ? [(py - most) / dy, (py + most) / dy] : [(py + most) / dy, (py - most) / dy]
      const [startX, endX] = [dx * Math.max(0, Math.min(1, start)), dx * Math.max(0, Math.min(1, end))]
      const firstColumn = Math.max(0, Math.floor(ax + Math.min(startX, endX) - most))
      const lastColumn = Math.min(this.width - 1, Math.ceil(ax + Math.max(startX, endX) + most))
      for (let column = firstColumn; column <= lastColumn; column++) {
        const px = column + 0.5 - ax
        const share = Math.max(0, Math.min(1, (px * dx + py * dy) / squared))
        const radius = a.radius + taper * share
        const [ox, oy] = [px - share * dx, py - share * dy]
        const off = ox * ox + oy * oy
        const pixel = row * this.width + column
        const middle = az + share * dz
        // Most pixels end here, before the square root: outside, or behind something even where the capsule is nearest.
        if (off >= radius * radius || middle - radius >= this.depth[pixel]) continue
        const facing = Math.sqrt(1 - off / (radius * radius))
        const depth = middle - facing * radius
        if (depth >= this.depth[pixel]) continue
        this.depth[pixel] = depth
        const lit = Math.max(0, (ox * lx + oy * ly) / radius - facing * lz)
        const lateral = (ox * -dy + oy * dx) / (axis * radius)
        const pattern = shadeAt ? shadeAt(share * length, lateral) : 1
        const shade = (ambient + diffuse * lit) * (0.7 + 0.3 * facing) * pattern
        const shine = gloss === 0 ? 0 : gloss * lit ** 12 * 255
        const target = pixel * 3
        this.colors[target] = Math.min(255, color[0] * shade + shine)
        this.colors[target + 1] = Math.min(255, color[1] * shade + shine)
        this.colors[target + 2] = Math.min(255, color[2] * shade + shine)
      }
    }
  }
}
