/** A camera that looks at a person. It chooses their size and position in the picture. */

import type { Part } from './body.ts'
import type { Draws } from './draws.ts'
import type { Ball } from './rasterizer.ts'
import type { Points } from './skeleton.ts'
import { add, turned, type Vector } from './vector.ts'

/** Maps a person's frame to the canvas. */
export class Camera {
  /** Angle around the vertical; 0 sees the person from the front. */
  readonly #yaw: number
  /** Angle of elevation; above 0, the camera looks down. */
  readonly #pitch: number
  readonly #roll: number
  /** Distance from the pelvis, in heights of the person. */
  readonly #distance: number
  #scale = 1
  #shift: readonly [number, number] = [0, 0]

  constructor(draws: Draws) {
    // People show cameras their faces more often than their backs.
    this.#yaw = draws.chance(0.6) ? draws.around(0.75) : draws.within(-Math.PI, Math.PI)
    this.#pitch = draws.within(-0.12, 0.45) * draws.within(0.2, 1)
    this.#roll = draws.around(0.06)
    this.#distance = draws.within(2, 6)
  }

  /** Coordinates seen by the camera: right, down and away from it. The pelvis is at the camera's distance. */
  #seen(point: Vector): Vector {
    const [x, y, z] = turned(turned(turned(point, [0, 1, 0], this.#yaw), [1, 0, 0], this.#pitch), [0, 0, 1], this.#roll)
    return [x, -y, this.#distance - z]
  }

  /** Converts a length at a depth to pixels. */
  #pixels(depth: number): number {
    return this.#scale / Math.max(depth, 0.2)
  }

  /** Chooses scale and shift so that the points' box, plus `margin` pixels, is `extent` pixels long with its middle at `middle`. */
  frame(points: Points, extent: number, middle: readonly [number, number]): void {
    const flat = Object.values(points)
      .map((point) => this.#seen(point))
      .map(([x, y, z]) => [x / z, y / z])
    const [xs, ys] = [flat.map(([x]) => x), flat.map(([, y]) => y)]
    const [left, right] = [Math.min(...xs), Math.max(...xs)]
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)]
    this.#scale = extent / Math.max(bottom - top, right - left, 0.05)
    this.#shift = [middle[0] - (this.#scale * (left + right)) / 2, middle[1] - (this.#scale * (top + bottom)) / 2]
  }

  /** A point on the canvas; its depth is in pixels at its own distance. @param at Place of the person in the first's frame. */
  project(point: Vector, at: Vector = [0, 0, 0]): Vector {
    const [x, y, z] = this.#seen(add(point, at))
    const pixels = this.#pixels(z)
    return [this.#shift[0] + x * pixels, this.#shift[1] + y * pixels, (z * this.#scale) / this.#distance]
  }

  /** A radius at a point, in pixels. */
  radius(point: Vector, radius: number, at: Vector = [0, 0, 0]): number {
    return radius * this.#pixels(this.#seen(add(point, at))[2])
  }

  ends({ from, to, fromRadius, toRadius }: Part, at?: Vector): readonly [Ball, Ball] {
    return [
      { at: this.project(from, at), radius: this.radius(from, fromRadius, at) },
      { at: this.project(to, at), radius: this.radius(to, toRadius, at) },
    ]
  }
}
