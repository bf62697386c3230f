/**
 * From counts of differing bits to the layer's output. The sum over +-1 of a pixel is its base minus twice the count, exact
 * in int16 as the table kernel takes at most 32,767 products. Counts are uint16 rows, one a pixel, padded to 16 outputs.
 */

@inline
function sums(counts: usize, base: v128): v128 {
  return i16x8.sub(base, i16x8.shl(v128.load(counts), 1))
}

/** Sums as int32, `outputStride` bytes from pixel to pixel. */
export function storeAccumulators(
  counts: usize, bases: usize, output: usize, pixels: i32, outputs: i32, countBytes: i32, outputStride: i32,
): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    const base = v128.load16_splat(bases + (pixel << 1))
    let i = 0
    for (; i + 8 <= outputs; i += 8) {
      const sum = sums(counts + (i << 1), base)
      v128.store(output + (i << 2), i32x4.extend_low_i16x8_s(sum))
      v128.store(output + (i << 2), i32x4.extend_high_i16x8_s(sum), 16)
    }
    for (; i < outputs; i++) {
      store<i32>(output + (i << 2), <i32>load<i16>(bases + (pixel << 1)) - (<i32>load<u16>(counts + (i << 1)) << 1))
    }
    counts += countBytes
    output += outputStride
  }
}
