/** `exp(x - max) / sum` over rows: exponentials rounded once from float64, summed in order in float32. */
import { exp } from './host-math'

export function softmax(input: usize, output: usize, rows: i32, features: i32): void {
  const rowBytes = features << 2
  for (let row = 0; row < rows; row++) {
    const from = input + row * rowBytes
    const to = output + row * rowBytes
    let largest: f32 = -<f32>Infinity
    for (let i = 0; i < rowBytes; i += 4) largest = max<f32>(largest, load<f32>(from + i))
    let sum: f32 = 0
    for (let i = 0; i < rowBytes; i += 4) {
      const e = <f32>exp(<f64>(load<f32>(from + i) - largest))
      store<f32>(to + i, e)
      sum += e
    }
    for (let i = 0; i < rowBytes; i += 4) store<f32>(to + i, load<f32>(to + i) / sum)
  }
}
