// out[s] = sum of the rows of x with the segment s. Rows with a segment outside [0, segments) are left out.

export function segmentSum(x: usize, ids: usize, rows: i32, columns: i32, out: usize, segments: i32): void {
  memory.fill(out, 0, (<usize>segments * columns) << 2)
  const bytes = (<usize>columns) << 2
  const vectors = bytes & ~15
  for (let row = 0; row < rows; row++) {
    const segment = load<i32>(ids + ((<usize>row) << 2))
    if (segment >= 0 && segment < segments) {
      const target = out + <usize>segment * bytes
      let at: usize = 0
      for (; at < vectors; at += 16) v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(x + at)))
      for (; at < bytes; at += 4) store<f32>(target + at, load<f32>(target + at) + load<f32>(x + at))
    }
    x += bytes
  }
}
