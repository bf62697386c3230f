/** Input positions that a resized image reads, computed in float32 like TensorFlow. */
import { LARGEST_INTEGER } from '../graph/limits.ts'
import type { ResizeAttributes } from '../graph/ops/spatial.ts'
import { checkArgument } from '../options/check-options.ts'
import { boolean, integer, object } from '../options/value-rules.ts'

const { fround } = Math
const rowCount = integer({ minimum: 1, maximum: LARGEST_INTEGER })

/** The unrounded position among `from` inputs for output `index` of `to`. Integers are rounded to float32 first. */
function sourcePosition(index: number, from: number, to: number, { alignCorners, halfPixelCenters }: ResizeAttributes): number {
  const [steps, of] = alignCorners && to > 1 ? [from - 1, to - 1] : [from, to]
  const scale = fround(fround(steps) / fround(of))
  const at = fround(index)
  return halfPixelCenters ? fround(fround(fround(at + 0.5) * scale) - 0.5) : fround(at * scale)
}

function clamp(position: number, size: number): number {
  return Math.min(Math.max(position, 0), size - 1)
}

/** The input position that nearest resizing reads for output position `index`. */
export function nearestPosition(index: number, from: number, to: number, attributes: ResizeAttributes): number {
  const position = sourcePosition(index, from, to, attributes)
  const rounds = attributes.alignCorners || attributes.halfPixelCenters
  return clamp(Math.floor(rounds ? fround(position + 0.5) : position), from)
}

/**
 * The input row (or column) that nearest resizing copies to each of `to` output rows. Twins of a graph on other runtimes use these,
 * because runtimes round positions differently: a whole number in one is just below it in another.
 * @throws OptionError on counts below 1 and on attributes that are not those of a resizing.
 */
export function nearestPositions(from: number, to: number, attributes: ResizeAttributes): number[] {
  checkArgument('nearestPositions()', 'from', from, rowCount)
  checkArgument('nearestPositions()', 'to', to, rowCount)
  checkArgument('nearestPositions()', 'attributes', attributes, object({ alignCorners: boolean, halfPixelCenters: boolean }))
  return Array.from({ length: to }, (_, index) => nearestPosition(index, from, to, attributes))
}

/** Two neighboring input positions, and the weight of the second, a float32. */
export interface BilinearPosition {
  readonly first: number
  readonly second: number
  readonly fraction: number
}

/** The positions and weight that bilinear resizing uses along one axis for output position `index`. */
export function bilinearPosition(index: number, from: number, to: number, attributes: ResizeAttributes): BilinearPosition {
  const position = sourcePosition(index, from, to, attributes)
  const floor = Math.floor(position)
  return { first: clamp(floor, from), second: clamp(floor + 1, from), fraction: fround(position - floor) }
}
