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

/**
 * What follows the sum in a float layer, in the order of these operations; each is rounded to float32 as the ops state:
 * convert, scale, shift, [multiply by a gate per channel,] [PReLU,] [add a shortcut,] [PReLU]. With RPRELU the PReLU
 * stands between two shifts, whose channels follow the slopes.
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

/** PReLU or RPReLU. */
@inline
function rectify(x: v128, kind: i32, slope: usize, rowBytes: usize): v128 {
  if (kind & RPRELU) {
    const active = prelu(f32x4.add(x, v128.load(slope + rowBytes)), v128.load(slope))
    return f32x4.add(active, v128.load(slope + 2 * rowBytes))
  }
  return prelu(x, v128.load(slope))
}

@inline
function finish(
  sum: v128, output: usize, at: usize, rowBytes: usize,
  kind: i32, scale: usize, shift: usize, slope: usize, shortcut: usize, gate: usize,
): void {
  let x = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), v128.load(scale + at)), v128.load(shift + at))
  if (kind & GATE) x = f32x4.mul(x, v128.load(gate + at))
  if (kind & PRELU_BEFORE) x = rectify(x, kind, slope + at, rowBytes)
  if (kind & SHORTCUT) x = f32x4.add(x, v128.load(shortcut + at))
  if (kind & PRELU_AFTER) x = rectify(x, kind, slope + at, rowBytes)
  v128.store(output + at, x)
}

@inline
function rows(
  kind: i32, counts: usize, bases: usize, output: usize, pixels: i32, outputs: i32, countBytes: i32,
  scale: usize, shift: usize, slope: usize, shortcut: usize, gate: usize,
): void {
  const rowBytes = outputs << 2
  for (let pixel = 0; pixel < pixels; pixel++) {
    const base = v128.load16_splat(bases + (pixel << 1))
    for (let at = 0; at < rowBytes; at += 32) {
      const sum = sums(counts + (at >> 1), base)
      finish(i32x4.extend_low_i16x8_s(sum), output, at, rowBytes, kind, scale, shift, slope, shortcut, gate)
      finish(i32x4.extend_high_i16x8_s(sum), output, at + 16, rowBytes, kind, scale, shift, slope, shortcut, gate)
    }
    counts += countBytes
    output += rowBytes
    shortcut += rowBytes
  }
}

/** 4 outputs whose scale and shift are in registers. */
@inline
function finishColumn(sum: v128, output: usize, kind: i32, scale: v128, shift: v128, shortcut: usize): void {
  let x = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), scale), shift)
  if (kind & SHORTCUT) x = f32x4.add(x, v128.load(shortcut))
  v128.store(output, x)
}

/** Where so few constants follow, 16 outputs of all pixels, so that the constants stay in registers. For a multiple of 16 outputs. */
@inline
function columns(
  kind: i32, counts: usize, bases: usize, output: usize, pixels: i32, outputs: i32, countBytes: i32,
  scale: usize, shift: usize, shortcut: usize,
): void {
  const rowBytes = outputs << 2
  for (let at = 0; at < rowBytes; at += 64) {
    const scale0 = v128.load(scale + at)
    const scale1 = v128.load(scale + at, 16)
    const scale2 = v128.load(scale + at, 32)
    const scale3 = v128.load(scale + at, 48)
    const shift0 = v128.load(shift + at)
    const shift1 = v128.load(shift + at, 16)
    const shift2 = v128.load(shift + at, 32)
    const shift3 = v128.load(shift + at, 48)
    let count = counts + (at >> 1)
    let to = output + at
    let other = shortcut + at
    for (let base = bases, end = bases + (pixels << 1); base < end; base += 2) {
      const most = v128.load16_splat(base)
      const low = sums(count, most)
      finishColumn(i32x4.extend_low_i16x8_s(low), to, kind, scale0, shift0, other)
      finishColumn(i32x4.extend_high_i16x8_s(low), to + 16, kind, scale1, shift1, other + 16)
      const high = sums(count + 16, most)
      finishColumn(i32x4.extend_low_i16x8_s(high), to + 32, kind, scale2, shift2, other + 32)
      finishColumn(i32x4.extend_high_i16x8_s(high), to + 48, kind, scale3, shift3, other + 48)
      count += countBytes
      to += rowBytes
      other += rowBytes
    }
  }
}

/** Float32 outputs of `pixels`, for a multiple of 8 outputs. `kind` is a sum of the flags above. */
export function storeFloats(
  counts: usize, bases: usize, output: usize, pixels: i32, outputs: i32, countBytes: i32,
  kind: i32, scale: usize, shift: usize, slope: usize, shortcut: usize, gate: usize,
): void {
  if ((outputs & 15) == 0) {
    if (kind == 0) return columns(0, counts, bases, output, pixels, outputs, countBytes, scale, shift, shortcut)
    if (kind == SHORTCUT) return columns(SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, shortcut)
  }
  switch (kind) {
    case 0: return rows(0, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case PRELU_BEFORE: return rows(PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case SHORTCUT: return rows(SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case PRELU_BEFORE | SHORTCUT: return rows(PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case SHORTCUT | PRELU_AFTER: return rows(SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE: return rows(GATE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE | PRELU_BEFORE: return rows(GATE | PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE | SHORTCUT: return rows(GATE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE | PRELU_BEFORE | SHORTCUT: return rows(GATE | PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE | SHORTCUT | PRELU_AFTER: return rows(GATE | SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case RPRELU | PRELU_BEFORE: return rows(RPRELU | PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case RPRELU | PRELU_BEFORE | SHORTCUT: return rows(RPRELU | PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case RPRELU | SHORTCUT | PRELU_AFTER: return rows(RPRELU | SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE | RPRELU | PRELU_BEFORE: return rows(GATE | RPRELU | PRELU_BEFORE, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE | RPRELU | PRELU_BEFORE | SHORTCUT: return rows(GATE | RPRELU | PRELU_BEFORE | SHORTCUT, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
    case GATE | RPRELU | SHORTCUT | PRELU_AFTER: return rows(GATE | RPRELU | SHORTCUT | PRELU_AFTER, counts, bases, output, pixels, outputs, countBytes, scale, shift, slope, shortcut, gate)
  }
}

/** Comparisons of the sums of 8 outputs. */
@inline
function above(counts: usize, base: v128, limits: usize): v128 {
  return i16x8.gt_s(sums(counts, base), v128.load(limits))
}

/**
 * Bits of the sums, for a multiple of 16 outputs: whether the sum is above the output's int16 limit, XOR the output's bit of
 * `first`.
 */
export function packCounts(
  counts: usize, bases: usize, output: usize, pixels: i32, outputs: i32, countBytes: i32, limits: usize, first: usize,
): void {
  const rowBytes = outputs << 1
  for (let pixel = 0; pixel < pixels; pixel++) {
    const base = v128.load16_splat(bases + (pixel << 1))
    let sign = first
    for (let at = 0; at < rowBytes; at += 32) {
      const low = above(counts + at, base, limits + at)
      const high = above(counts + at + 16, base, limits + at + 16)
      store<u16>(output, i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)) ^ load<u16>(sign))
      sign += 2
      output += 2
    }
    counts += countBytes
  }
}
