/** `exp(x - max) / sum` over rows: exponentials rounded once from float64, summed in order in float32. */
import { EXPONENTIAL, storeFour, storeOne } from './exponential'

@inline
function largestOf(row: usize, bytes: i32): f32 {
  let largest: f32 = -<f32>Infinity
  let i = 0
  if (bytes >= 16) {
    let lanes = f32x4.splat(largest)
    for (; i + 16 <= bytes; i += 16) lanes = f32x4.max(lanes, v128.load(row + i))
    lanes = f32x4.max(lanes, i64x2.shuffle(lanes, lanes, 1, 0))
    largest = max<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1))
  }
  for (; i < bytes; i += 4) largest = max<f32>(largest, load<f32>(row + i))
  return largest
}

export function softmax(input: usize, output: usize, rows: i32, features: i32): void {
  const rowBytes = features << 2
  for (let row = 0; row < rows; row++) {
    const largest = largestOf(input, rowBytes)
    const shift = f32x4.splat(largest)
    let i = 0
    // The last vector may take some values once more.
    for (; i + 16 <= rowBytes; i += 16) storeFour(EXPONENTIAL, f32x4.sub(v128.load(input + i), shift), output + i)
    if (i < rowBytes && rowBytes >= 16) {
      i = rowBytes - 16
      storeFour(EXPONENTIAL, f32x4.sub(v128.load(input + i), shift), output + i)
      i = rowBytes
    }
    for (; i < rowBytes; i += 4) storeOne(EXPONENTIAL, load<f32>(input + i) - largest, output + i)
    let sum: f32 = 0
    for (i = 0; i < rowBytes; i += 4) sum += load<f32>(output + i)
    const sums = f32x4.splat(sum)
    for (i = 0; i + 16 <= rowBytes; i += 16) v128.store(output + i, f32x4.div(v128.load(output + i), sums))
    for (; i < rowBytes; i += 4) store<f32>(output + i, load<f32>(output + i) / sum)
    input += rowBytes
    output += rowBytes
  }
}
