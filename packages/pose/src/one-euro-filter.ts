/**
 * One-euro filter: a low-pass filter of joints in video. Its cutoff rises with the speed of a joint, so slow joints do not
 * tremble and fast ones do not lag.
 *
 *   x'     = x' + a(cutoff) (x - x'),   a(f) = 1 / (1 + 1 / (2 pi f dt)),   cutoff = minCutoff + beta |speed|
 *   speed  = low-pass of (x - x') / dt with the cutoff speedCutoff
 *
 * Speeds are in shares of the person's size per second, so `beta` means the same for people near and far.
 *
 * Casiez, Roussel, Vogel: 1 Euro Filter (CHI 2012), doi 10.1145/2207676.2208639.
 */
import { checkArguments, checkOptions, InputError, rules, type ValueRules } from '@onebit/core'
import type { Pose } from './pose-facts.ts'

export interface OneEuroOptions {
  /** Cutoff at rest, in hertz, above 0. A lower one trembles less and lags more. @default 1 */
  readonly minCutoff?: number
  /** Growth of the cutoff with speed, at least 0. A higher one lags less. @default 5 */
  readonly beta?: number
  /** Cutoff of the speed, in hertz, above 0. @default 1 */
  readonly speedCutoff?: number
  /** Joints with less confidence keep their last position. @default 0.1 */
  readonly leastConfidence?: number
}

const positive = rules.number({ minimum: Number.MIN_VALUE })
const OPTIONS: ValueRules<keyof OneEuroOptions> = {
  minCutoff: positive,
  beta: rules.number({ minimum: 0 }),
  speedCutoff: positive,
  leastConfidence: rules.number({ minimum: 0, maximum: 1 }),
}

const poseRule = rules.object({
  keypoints: rules.rule(
    'x, y and confidence of every joint, all finite',
    (value) => Array.isArray(value) && value.length > 0 && value.length % 3 === 0 && value.every(Number.isFinite),
  ),
})

interface Coordinate {
  value: number
  speed: number
}

const weightOf = (cutoff: number, seconds: number): number => 1 / (1 + 1 / (2 * Math.PI * cutoff * seconds))

/** The longer side of the box around the joints, in pixels. */
function sizeOf({ keypoints }: Pose): number {
  const along = (axis: number): number => {
    const values = keypoints.filter((_, index) => index % 3 === axis)
    return Math.max(...values) - Math.min(...values)
  }
  return Math.max(along(0), along(1), 1)
}

/** Filters the joints of one person over the frames of a video. */
export class OneEuroFilter {
  readonly #options: Required<OneEuroOptions>
  #coordinates?: Coordinate[]
  #before = 0

  /** @throws OptionError on an unknown option or a value out of range. */
  constructor(given?: OneEuroOptions) {
    const options = checkOptions('OneEuroFilter', given, OPTIONS)
    this.#options = { minCutoff: 1, beta: 5, speedCutoff: 1, leastConfidence: 0.1, ...options }
  }

  /**
   * The pose of the next frame, filtered.
   * @param seconds Time of the frame, later than the one before.
   * @throws InputError if the time is not later, or the pose has another number of joints; OptionError if the pose or the time is not
   * finite, because that would stay in the filter.
   */
  next(pose: Pose, seconds: number): Pose {
    checkArguments('next()', { pose: [pose, poseRule], seconds: [seconds, rules.number()] })
    const { keypoints } = pose
    const coordinates = this.#coordinates
    if (!coordinates) {
      this.#coordinates = keypoints.filter((_, index) => index % 3 < 2).map((value) => ({ value, speed: 0 }))
      this.#before = seconds
      return pose
    }
    const elapsed = seconds - this.#before
    if (!(elapsed > 0) || coordinates.length !== (keypoints.length / 3) * 2) {
      throw new InputError({
        what: 'A pose does not follow the one before.',
        expected: `${coordinates.length / 2} joints at a later time than ${this.#before} s`,
        received: `${keypoints.length / 3} joints at ${seconds} s`,
        fix: 'Give frames in their order; begin another person with a filter of their own.',
      })
    }
    this.#before = seconds
    const size = sizeOf(pose)
    const filtered = keypoints.map((value, index) => {
      const [joint, axis] = [Math.floor(index / 3), index % 3]
      if (axis === 2) return value
      const coordinate = coordinates[2 * joint + axis]
      if (keypoints[3 * joint + 2] >= this.#options.leastConfidence) this.#follow(coordinate, value, elapsed, size)
      return coordinate.value
    })
    return { ...pose, keypoints: filtered }
  }

  /** Forgets all frames. The next frame comes out as it is. */
  reset(): void {
    this.#coordinates = undefined
  }

  #follow(coordinate: Coordinate, value: number, elapsed: number, size: number): void {
    const { minCutoff, beta, speedCutoff } = this.#options
    const speed = (value - coordinate.value) / elapsed / size
    coordinate.speed += weightOf(speedCutoff, elapsed) * (speed - coordinate.speed)
    const cutoff = minCutoff + beta * Math.abs(coordinate.speed)
    coordinate.value += weightOf(cutoff, elapsed) * (value - coordinate.value)
  }
}
