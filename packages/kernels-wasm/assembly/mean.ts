/** Means: sums in row-major order in float32, then one division. */

function divide(output: usize, count: i32, divisor: f64): void {
  for (let i = 0; i < count << 2; i += 4) store<f32>(output + i, <f32>(<f64>load<f32>(output + i) / divisor))
}

/** Mean over the middle axis of `[outer, reduced, inner]`, a cache line of inner values at a time, of inner bytes `first` to `last`. */
export function meanMiddle(input: usize, output: usize, outer: i32, reduced: i32, inner: i32, first: i32, last: i32): void {
  const rowBytes = inner << 2
  for (let block = 0; block < outer; block++) {
    const to = output + block * rowBytes
    const from = input + block * reduced * rowBytes
    let i = first
    for (; i + 64 <= last; i += 64) {
      let sum0 = f32x4.splat(0)
      let sum1 = sum0
      let sum2 = sum0
      let sum3 = sum0
      for (let at = from + i, end = at + reduced * rowBytes; at < end; at += rowBytes) {
        sum0 = f32x4.add(sum0, v128.load(at))
        sum1 = f32x4.add(sum1, v128.load(at, 16))
        sum2 = f32x4.add(sum2, v128.load(at, 32))
        sum3 = f32x4.add(sum3, v128.load(at, 48))
      }
      v128.store(to + i, sum0)
      v128.store(to + i, sum1, 16)
      v128.store(to + i, sum2, 32)
      v128.store(to + i, sum3, 48)
    }
    for (; i + 16 <= last; i += 16) {
      let sum = f32x4.splat(0)
      for (let row = 0; row < reduced; row++) sum = f32x4.add(sum, v128.load(from + row * rowBytes + i))
      v128.store(to + i, sum)
    }
    for (; i < last; i += 4) {
      let sum: f32 = 0
      for (let row = 0; row < reduced; row++) sum += load<f32>(from + row * rowBytes + i)
      store<f32>(to + i, sum)
    }
    divide(to + first, (last - first) >> 2, <f64>reduced)
  }
}

/** Mean over any axes: input value `i` counts towards the output at byte `target[i]`. */
export function meanScattered(input: usize, output: usize, count: i32, outputs: i32, target: usize): void {
  memory.fill(output, 0, outputs << 2)
  for (let i = 0; i < count << 2; i += 4) {
    const to = output + load<u32>(target + i)
    store<f32>(to, load<f32>(to) + load<f32>(input + i))
  }
  divide(output, outputs, <f64>(count / outputs))
}
