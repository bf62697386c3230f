/** The float32 numbers in order, for bisection: from -Infinity to +Infinity there are fewer than 2 ** 32. */

const float = new Float32Array(1)
const word = new Int32Array(float.buffer)

/** A rank that grows with the number; -0 ranks one below +0. */
function rankOf(value: number): number {
  float[0] = value
  return word[0] >= 0 ? word[0] : -(word[0] & 0x7fffffff) - 1
}

function atRank(rank: number): number {
  word[0] = rank >= 0 ? rank : -(rank + 1) | 0x80000000 | 0
  return float[0]
}

/** The next float32 above (`steps` 1) or below (`steps` -1) a finite float32; zeros of both signs count. */
export function stepFloat(value: number, steps: number): number {
  return atRank(rankOf(value) + steps)
}

/**
 * The least float32, infinities included, for which `holds` is true, where `holds` is false up to some point and true from
 * there on. Undefined if it never holds.
 */
export function leastFloat(holds: (x: number) => boolean): number | undefined {
  let low = rankOf(Number.NEGATIVE_INFINITY)
  let high = rankOf(Number.POSITIVE_INFINITY)
  if (!holds(atRank(high))) return undefined
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(atRank(middle))) high = middle
    else low = middle + 1
  }
  return atRank(low)
}
