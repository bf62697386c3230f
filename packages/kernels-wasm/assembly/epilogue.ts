/**
 * Turns counts of differing bits into the layer's output. The sum over +-1 of a pixel is its base minus twice the count. It is exact
 * in int16, because the table kernel takes at most 32,767 products. Counts are uint16 rows, one per pixel, padded to 16 outputs. Bases
 * are int16, `baseBytes` from pixel to pixel: 2, or 0 if all pixels share an even one, laid out by `layOutCommonBase` of
 * src/weights/table-weights.ts.
 */

@inline
export function sums(counts: usize, base: v128): v128 {
  return i16x8.sub(base, i16x8.shl(v128.load(counts), 1))
}

/** Sums as int32, `outputStride` bytes from pixel to pixel. */
export function storeAccumulators(
  counts: usize,
  bases: usize,
  baseBytes: i32,
  output: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  outputStride: i32,
): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    const base = v128.load16_splat(bases)
    let i = 0
    for (; i + 8 <= outputs; i += 8) {
      const sum = sums(counts + (i << 1), base)
      v128.store(output + (i << 2), i32x4.extend_low_i16x8_s(sum))
      v128.store(output + (i << 2), i32x4.extend_high_i16x8_s(sum), 16)
    }
    for (; i < outputs; i++) {
      store<i32>(output + (i << 2), <i32>load<i16>(bases) - ((<i32>load<u16>(counts + (i << 1))) << 1))
    }
    counts += countBytes
    bases += baseBytes
    output += outputStride
  }
}

/**
 * Operations after the sum in a float layer, in this order, each rounded to float32 as the ops state: convert, scale, shift,
 * [multiply by a gate per channel,] [PReLU,] [add a shortcut,] [PReLU]. With RPRELU the PReLU stands between two shifts. Their channels
 * follow the slopes.
 */
@inline const PRELU_BEFORE = 1
@inline const SHORTCUT = 2
@inline const PRELU_AFTER = 4
@inline const GATE = 8
@inline const RPRELU = 16

@inline
function prelu(x: v128, slope: v128): v128 {
  return v128.bitselect(x, f32x4.mul(x, slope), f32x4.ge(x, f32x4.splat(0)))
}

/** PReLU or RPReLU. `shifts` is the address of the first shift. */
@inline
function rectify(x: v128, kind: i32, slope: v128, shifts: usize, rowBytes: usize): v128 {
  if (kind & RPRELU) return f32x4.add(prelu(f32x4.add(x, v128.load(shifts)), slope), v128.load(shifts + rowBytes))
  return prelu(x, slope)
}

/** 4 outputs. */
@inline
function finish(
  sum: v128,
  output: usize,
  kind: i32,
  scale: v128,
  shift: v128,
  gate: v128,
  slope: v128,
  shifts: usize,
  rowBytes: usize,
  shortcut: usize,
): void {
  let x = f32x4.add(f32x4.mul(sum, scale), shift)
  if (kind & GATE) x = f32x4.mul(x, gate)
  if (kind & PRELU_BEFORE) x = rectify(x, kind, slope, shifts, rowBytes)
  if (kind & SHORTCUT) x = f32x4.add(x, v128.load(shortcut))
  if (kind & PRELU_AFTER) x = rectify(x, kind, slope, shifts, rowBytes)
  v128.store(output, x)
}

/** Pixel by pixel, for bases of any kind. */
function rows(
  kind: i32,
  counts: usize,
  bases: usize,
  baseBytes: i32,
  output: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  scale: usize,
  shift: usize,
  slope: usize,
  shortcut: usize,
  gate: usize,
): void {
  const rowBytes = outputs << 2
  for (let pixel = 0; pixel < pixels; pixel++) {
    const base = v128.load16_splat(bases)
    for (let at = 0; at < rowBytes; at += 16) {
      const sum = f32x4.convert_i32x4_s(
        i32x4.sub(i32x4.extend_low_i16x8_s(base), i32x4.shl(v128.load16x4_u(counts + (at >> 1)), 1)),
      )
      finish(
        sum,
        output + at,
        kind,
        v128.load(scale + at),
        v128.load(shift + at),
        v128.load(gate + at),
        v128.load(slope + at),
        slope + rowBytes + at,
        rowBytes,
        shortcut + at,
      )
    }
    counts += countBytes
    bases += baseBytes
    output += rowBytes
    shortcut += rowBytes
  }
}

/** Bytes of output that stay in the first-level cache while the kernel finishes one column after the other. */
@inline const BLOCK_BYTES = 16384

/**
 * Takes 8 outputs of a block of pixels at a time, so that their constants stay in registers. In float32, one unit in the last place of
 * 2^24 is 2. So the upper half of 2^24 with a count as the lower half is 2^24 plus twice the count. 2^24 + base minus that is the sum.
 *
 * The two vectors for this lie behind the base in memory: V8 rebuilds constants at each use, but keeps loaded vectors.
 */
@inline
function columns(
  kind: i32,
  counts: usize,
  base: usize,
  output: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  scale: usize,
  shift: usize,
  slope: usize,
  shortcut: usize,
  gate: usize,
): void {
  const rowBytes = outputs << 2
  const most = v128.load(base, 16)
  const upper = v128.load(base, 32)
  const apart = shortcut - output
  while (pixels > 0) {
    const block = min(pixels, max(1, BLOCK_BYTES / rowBytes))
    for (let at = 0; at < rowBytes; at += 32) {
      const scale0 = v128.load(scale + at)
      const scale1 = v128.load(scale + at, 16)
      const shift0 = v128.load(shift + at)
      const shift1 = v128.load(shift + at, 16)
      const gate0 = v128.load(gate + at)
      const gate1 = v128.load(gate + at, 16)
      const slope0 = v128.load(slope + at)
      const slope1 = v128.load(slope + at, 16)
      const shifts = slope + at + rowBytes
      let count = counts + (at >> 1)
      let to = output + at
      for (const end = to + block * rowBytes; to < end; to += rowBytes) {
        const bits = v128.load(count)
        const low = f32x4.sub(most, i16x8.shuffle(bits, upper, 0, 8, 1, 9, 2, 10, 3, 11))
        finish(low, to, kind, scale0, shift0, gate0, slope0, shifts, rowBytes, to + apart)
        const high = f32x4.sub(most, i16x8.shuffle(bits, upper, 4, 12, 5, 13, 6, 14, 7, 15))
        finish(high, to + 16, kind, scale1, shift1, gate1, slope1, shifts + 16, rowBytes, to + apart + 16)
        count += countBytes
      }
    }
    pixels -= block
    counts += block * countBytes
    output += block * rowBytes
  }
}

/** Float32 outputs of `pixels`, for a multiple of 8 outputs. `kind` is a sum of the flags above. */
export function storeFloats(
  counts: usize,
  bases: usize,
  baseBytes: i32,
  output: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  kind: i32,
  scale: usize,
  shift: usize,
  slope: usize,
  shortcut: usize,
  gate: usize,
): void {
  if (baseBytes) {
    rows(kind, counts, bases, baseBytes, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    return
  }
  // biome-ignore format: a table
  switch (kind) {
    case 0: columns(0, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case PRELU_BEFORE: columns(PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case SHORTCUT: columns(SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case PRELU_BEFORE | SHORTCUT: columns(PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case SHORTCUT | PRELU_AFTER: columns(SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE: columns(GATE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE | PRELU_BEFORE: columns(GATE | PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE | SHORTCUT: columns(GATE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE | PRELU_BEFORE | SHORTCUT: columns(GATE | PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE | SHORTCUT | PRELU_AFTER: columns(GATE | SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case RPRELU | PRELU_BEFORE: columns(RPRELU | PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case RPRELU | PRELU_BEFORE | SHORTCUT: columns(RPRELU | PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case RPRELU | SHORTCUT | PRELU_AFTER: columns(RPRELU | SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE | RPRELU | PRELU_BEFORE: columns(GATE | RPRELU | PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE | RPRELU | PRELU_BEFORE | SHORTCUT: columns(GATE | RPRELU | PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
    case GATE | RPRELU | SHORTCUT | PRELU_AFTER: columns(GATE | RPRELU | SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate); return
  }
}
