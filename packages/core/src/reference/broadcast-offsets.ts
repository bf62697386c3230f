/** Positions at which sums and products of two values read the smaller one. */
import { elementCount } from '../graph/graph.ts'

/** For every position of a value of shape `to`, the position in a value of a shape that broadcasts to it. */
export function broadcastOffsets(from: readonly number[], to: readonly number[]): Uint32Array {
  const offsets = new Uint32Array(elementCount(to))
  let repeat = 1
  let stride = 1
  for (let axis = 1; axis <= to.length; axis++) {
    const size = to[to.length - axis]
    const fromSize = from[from.length - axis] ?? 1
    if (fromSize > 1) {
      for (let i = 0; i < offsets.length; i++) offsets[i] += (Math.floor(i / repeat) % size) * stride
    }
    stride *= fromSize
    repeat *= size
  }
  return offsets
}
