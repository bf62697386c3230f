/** Copies behind concat, slice and pad. */

/** Copies `rows` runs of `bytes`, one every `fromStride` and `toStride` bytes. */
export function copyRows(from: usize, to: usize, rows: i32, bytes: i32, fromStride: i32, toStride: i32): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, bytes)
    from += fromStride
    to += toStride
  }
}

/** Copies `runs` runs of `bytes` from the byte offsets in `table`, side by side. */
export function gatherRuns(from: usize, to: usize, runs: i32, bytes: i32, table: usize): void {
  for (let run = 0; run < runs; run++) {
    memory.copy(to, from + load<u32>(table + (run << 2)), bytes)
    to += bytes
  }
}

export function fill(output: usize, count: i32, value: f32): void {
  const vector = f32x4.splat(value)
  for (let i = 0; i < count; i += 4) v128.store(output + (i << 2), vector)
}

export function clear(output: usize, bytes: i32): void {
  memory.fill(output, 0, bytes)
}
