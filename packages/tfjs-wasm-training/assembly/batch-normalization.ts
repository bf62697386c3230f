// Batch normalization per column: y = (x - mean) / sqrt(variance + epsilon) * scale + offset, and its gradient if mean and
// variance come from x, or from more rows of which x is a part. A pointer of 0 means scales of 1, and offsets or gradients of 0.
//   S. Ioffe, C. Szegedy: Batch normalization, arXiv:1502.03167.
import { periodOf, repeatRow } from './rows'

/** Bytes of scratch memory for `batchNormalization`: mean, factor and offset of each column of the period. */
export function batchNormalizationScratch(columns: i32): usize {
  return (<usize>(periodOf(columns) * 3)) << 2
}

export function batchNormalization(
  x: usize,
  rows: i32,
  columns: i32,
  mean: usize,
  variance: usize,
  scale: usize,
  offset: usize,
  epsilon: f32,
  y: usize,
  scratch: usize,
): void {
  const bytes = (<usize>periodOf(columns)) << 2
  const factors = scratch + bytes
  const offsets = factors + bytes
  for (let column: usize = 0; column < (<usize>columns) << 2; column += 4) {
    const inverse = <f32>1 / Mathf.sqrt(load<f32>(variance + column) + epsilon)
    store<f32>(scratch + column, load<f32>(mean + column))
    store<f32>(factors + column, scale ? load<f32>(scale + column) * inverse : inverse)
    store<f32>(offsets + column, offset ? load<f32>(offset + column) : 0)
  }
  repeatRow(scratch, columns)
  repeatRow(factors, columns)
  repeatRow(offsets, columns)

  const size = (<usize>rows * columns) << 2
  const wide = (size / bytes) * bytes
  for (let at: usize = 0; at < wide; at += bytes) {
    for (let column: usize = 0; column < bytes; column += 16) {
      const distance = f32x4.sub(v128.load(x + at + column), v128.load(scratch + column))
      const scaled = f32x4.mul(distance, v128.load(factors + column))
      v128.store(y + at + column, f32x4.add(scaled, v128.load(offsets + column)))
    }
  }
  for (let at = wide; at < size; at += 4) {
    const column = at - wide
    const distance = load<f32>(x + at) - load<f32>(scratch + column)
    store<f32>(y + at, distance * load<f32>(factors + column) + load<f32>(offsets + column))
  }
}

/** Bytes of scratch memory for `batchNormalizationGradient`: four coefficients for each column. */
export function batchNormalizationGradientScratch(columns: i32): usize {
  return (<usize>(periodOf(columns) * 4)) << 2
}

/**
 * Writes the gradient of x. `dMean` and `dVariance` are gradients that reach x through the moments. `gradients` and `products` are the
 * sums s of dy and p of dy * (x - mean) over all `count` rows of the moments. x may hold only a part of these rows.
 *
 * With r = 1 / sqrt(variance + epsilon):
 *   dx = scale * r * dy + (x - mean) * (2 * dVariance - scale * r^3 * p) / count + (dMean - scale * r * s) / count
 */
export function batchNormalizationGradient(
  x: usize,
  dy: usize,
  rows: i32,
  columns: i32,
  mean: usize,
  variance: usize,
  scale: usize,
  epsilon: f32,
  dMean: usize,
  dVariance: usize,
  gradients: usize,
  products: usize,
  count: f64,
  dx: usize,
  scratch: usize,
): void {
  const bytes = (<usize>periodOf(columns)) << 2
  const ofGradient = scratch + bytes
  const ofDistance = ofGradient + bytes
  const constants = ofDistance + bytes
  for (let column: usize = 0; column < (<usize>columns) << 2; column += 4) {
    const inverse = <f32>1 / Mathf.sqrt(load<f32>(variance + column) + epsilon)
    const factor = scale ? load<f32>(scale + column) * inverse : inverse
    const throughMean = (dMean ? load<f32>(dMean + column) : 0) - factor * load<f32>(gradients + column)
    const throughVariance =
      (dVariance ? <f32>2 * load<f32>(dVariance + column) : 0) - factor * inverse * inverse * load<f32>(products + column)
    store<f32>(scratch + column, load<f32>(mean + column))
    store<f32>(ofGradient + column, factor)
    store<f32>(ofDistance + column, throughVariance / <f32>count)
    store<f32>(constants + column, throughMean / <f32>count)
  }
  repeatRow(scratch, columns)
  repeatRow(ofGradient, columns)
  repeatRow(ofDistance, columns)
  repeatRow(constants, columns)

  const size = (<usize>rows * columns) << 2
  const wide = (size / bytes) * bytes
  for (let at: usize = 0; at < wide; at += bytes) {
    for (let column: usize = 0; column < bytes; column += 16) {
      const distance = f32x4.sub(v128.load(x + at + column), v128.load(scratch + column))
      const direct = f32x4.mul(v128.load(dy + at + column), v128.load(ofGradient + column))
      const throughVariance = f32x4.mul(distance, v128.load(ofDistance + column))
      v128.store(dx + at + column, f32x4.add(f32x4.add(direct, throughVariance), v128.load(constants + column)))
    }
  }
  for (let at = wide; at < size; at += 4) {
    const column = at - wide
    const distance = load<f32>(x + at) - load<f32>(scratch + column)
    const direct = load<f32>(dy + at) * load<f32>(ofGradient + column)
    store<f32>(dx + at, direct + distance * load<f32>(ofDistance + column) + load<f32>(constants + column))
  }
}
