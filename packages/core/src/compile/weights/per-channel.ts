/** Per-channel constants in the forms that the kernels walk. */

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** One entry per channel, from that or from one for all. */
export function expandToChannels(values: Float32Array, channels: number): Float32Array {
  return values.length === 1 ? new Float32Array(channels).fill(values[0]) : values
}

/**
 * The table of one entry per channel (or one for all) repeated until its length is a multiple of `unit`, so that a kernel
 * can walk values of any number of channels as one flat array of so many at a time.
 */
export function repeatToVectors(values: Float32Array, unit = 4): Float32Array {
  const repeats = unit / greatestCommonDivisor(values.length, unit)
  const table = new Float32Array(values.length * repeats)
  for (let i = 0; i < repeats; i++) table.set(values, i * values.length)
  return table
}

/** The table cut into groups, each filled up to a multiple of `block` with zeros. */
export function padGroups(values: Float32Array, groups: number, block: number): Float32Array {
  const size = values.length / groups
  const padded = Math.ceil(size / block) * block
  const table = new Float32Array(groups * padded)
  for (let group = 0; group < groups; group++) {
    table.set(values.subarray(group * size, (group + 1) * size), group * padded)
  }
  return table
}

/** Several tables of one entry per channel as one: `[group][block][table][block]`, each group's last block filled up with zeros. */
export function interleaveGroups(tables: readonly Float32Array[], groups: number, block: number): Float32Array {
  const padded = tables.map((table) => padGroups(table, groups, block))
  const result = new Float32Array(tables.length * padded[0].length)
  padded.forEach((table, index) => {
    for (let from = 0; from < table.length; from += block) {
      result.set(table.subarray(from, from + block), from * tables.length + index * block)
    }
  })
  return result
}
