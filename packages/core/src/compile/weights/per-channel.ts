/** Per-channel constants in the forms that the kernels walk. */

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** One entry per channel. A single entry is repeated. */
export function expandToChannels(values: Float32Array, channels: number): Float32Array {
  return values.length === 1 ? new Float32Array(channels).fill(values[0]) : values
}

/**
 * Repeats a table of one entry per channel (or one for all) until its length is a multiple of `unit`. Then a kernel can take `unit`
 * values at a time from one flat array, whatever the number of channels.
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

/** Joins several per-channel tables: `[group][block][table][block]`. Each group's last block is filled up with zeros. */
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
