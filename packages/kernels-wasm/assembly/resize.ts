/** Resizing. The caller has worked out which rows and columns each output reads, as byte offsets, and how they mix. */

/** `rows` and `columns` hold one byte offset per output row and column. */
export function resizeNearest(
  input: usize, output: usize, outputHeight: i32, outputWidth: i32, channels: i32, rows: usize, columns: usize,
): void {
  const pixelBytes = channels << 2
  for (let y = 0; y < outputHeight; y++) {
    const row = input + load<u32>(rows + (y << 2))
    for (let x = 0; x < outputWidth; x++) {
      memory.copy(output, row + load<u32>(columns + (x << 2)), pixelBytes)
      output += pixelBytes
    }
  }
}

/** Entry of a bilinear table: byte offset of the first, of the second, and the float32 weight of the second; 12 bytes. */
@inline const ENTRY = 12

@inline
function mix(a: f32, b: f32, fraction: f32): f32 {
  return a + (b - a) * fraction
}

@inline
function mixVector(a: v128, b: v128, fraction: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), fraction))
}

export function resizeBilinear(
  input: usize, output: usize, outputHeight: i32, outputWidth: i32, channels: i32, rows: usize, columns: usize,
): void {
  const pixelBytes = channels << 2
  for (let y = 0; y < outputHeight; y++) {
    const row = rows + y * ENTRY
    const upper = input + load<u32>(row)
    const lower = input + load<u32>(row, 4)
    const down = load<f32>(row, 8)
    for (let x = 0; x < outputWidth; x++) {
      const column = columns + x * ENTRY
      const left = load<u32>(column)
      const right = load<u32>(column, 4)
      const across = load<f32>(column, 8)
      let channel = 0
      for (; channel + 16 <= pixelBytes; channel += 16) {
        const above = upper + channel
        const below = lower + channel
        const fraction = f32x4.splat(across)
        const top = mixVector(v128.load(above + left), v128.load(above + right), fraction)
        const bottom = mixVector(v128.load(below + left), v128.load(below + right), fraction)
        v128.store(output + channel, mixVector(top, bottom, f32x4.splat(down)))
      }
      for (; channel < pixelBytes; channel += 4) {
        const above = upper + channel
        const below = lower + channel
        const top = mix(load<f32>(above + left), load<f32>(above + right), across)
        const bottom = mix(load<f32>(below + left), load<f32>(below + right), across)
        store<f32>(output + channel, mix(top, bottom, down))
      }
      output += pixelBytes
    }
  }
}
