/** Sums and products of two values, the second repeated every `period` values, or either gathered through a table. */

/** `a + b[i mod period]`; `period` is a multiple of 4, or at least `count`. */
export function add(a: usize, b: usize, output: usize, count: i32, period: i32): void {
  let j = 0
  for (let i = 0; i < count; i += 4) {
    v128.store(output + (i << 2), f32x4.add(v128.load(a + (i << 2)), v128.load(b + (j << 2))))
    j += 4
    if (j == period) j = 0
  }
}

/** `a * b[i mod period]`; `period` is a multiple of 4, or at least `count`. */
export function multiply(a: usize, b: usize, output: usize, count: i32, period: i32): void {
  let j = 0
  for (let i = 0; i < count; i += 4) {
    v128.store(output + (i << 2), f32x4.mul(v128.load(a + (i << 2)), v128.load(b + (j << 2))))
    j += 4
    if (j == period) j = 0
  }
}

/** `output[i] = a[atA[i]] + b[atB[i]]`; the tables hold byte offsets. */
export function addGathered(a: usize, b: usize, output: usize, count: i32, atA: usize, atB: usize): void {
  for (let i = 0; i < count << 2; i += 4) {
    store<f32>(output + i, load<f32>(a + load<u32>(atA + i)) + load<f32>(b + load<u32>(atB + i)))
  }
}

/** `output[i] = a[atA[i]] * b[atB[i]]`; the tables hold byte offsets. */
export function multiplyGathered(a: usize, b: usize, output: usize, count: i32, atA: usize, atB: usize): void {
  for (let i = 0; i < count << 2; i += 4) {
    store<f32>(output + i, load<f32>(a + load<u32>(atA + i)) * load<f32>(b + load<u32>(atB + i)))
  }
}
