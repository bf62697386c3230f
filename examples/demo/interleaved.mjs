/** Times two functions in turn in one process, so that a slow moment of the machine affects both. */

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Seconds of each call of `a` and `b`, as pairs, after warming up with a tenth of the rounds. */
export async function secondsBoth(a, b, rounds) {
  const time = async (call) => {
    const began = performance.now()
    await call()
    return (performance.now() - began) / 1000
  }
  const pairs = []
  for (let round = -Math.ceil(rounds / 10); round < rounds; round++) {
    const pair = [await time(a), await time(b)]
    if (round >= 0) pairs.push(pair)
  }
  return pairs
}
