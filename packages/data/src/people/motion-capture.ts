/**
 * Poses of real people: the 360 most different frames of two clips of the CMU Graphics Lab Motion Capture Database (subject 1,
 * trials 1 and 3). `scripts/make-motion-capture.mjs` made them.
 *
 * The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with funding from NSF EIA-0196217.
 */
import type { Draws } from './draws.ts'
import { DIRECTIONS, type Directions } from './skeleton.ts'
import { turned, unit, type Vector } from './vector.ts'

/** Bytes per frame. */
const SIZE = 3 * DIRECTIONS.length

/** Each name with right and left exchanged. */
const MIRRORED: Readonly<Record<string, string>> = Object.fromEntries(
  DIRECTIONS.map((name) => [name, name.replace(/right|left/, (side) => (side === 'right' ? 'left' : 'right'))]),
)

export class MotionCapture {
  readonly #bytes: Int8Array
  readonly count: number

  constructor(bytes: Uint8Array) {
    this.#bytes = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    this.count = bytes.length / SIZE
  }

  frame(index: number): Directions {
    const entries = DIRECTIONS.map((name, place) => {
      const at = index * SIZE + 3 * place
      return [name, unit([this.#bytes[at], this.#bytes[at + 1], this.#bytes[at + 2]])]
    })
    return Object.fromEntries(entries) as Directions
  }

  /** Draws a frame or its mirror image, and turns each bone by a few degrees. */
  draw(draws: Draws): Directions {
    const frame = this.frame(draws.below(this.count))
    const isMirrored = draws.chance(0.5)
    const entries = DIRECTIONS.map((name) => {
      const [x, y, z] = frame[(isMirrored ? MIRRORED[name] : name) as keyof Directions]
      // A line from right to left still goes from right to left.
      const isLine = name === 'hips' || name === 'shoulders'
      const direction: Vector = !isMirrored ? [x, y, z] : isLine ? [x, -y, -z] : [-x, y, z]
      const axis = unit([draws.around(1), draws.around(1), draws.around(1)])
      return [name, turned(direction, axis, draws.around(0.07))]
    })
    return Object.fromEntries(entries) as Directions
  }
}
