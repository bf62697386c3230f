/** The fixed activation functions, each evaluated in float64 and rounded once (or exact in float32, where that is the same). */
import { EXPONENTIAL, SIGMOID, storeFour, SWISH, TANH } from './exponential'
import { exp, log1p } from './host-math'
import { positive } from './tail'

export function relu(input: usize, output: usize, count: i32): void {
  const end = input + (count << 2)
  for (; input + 64 <= end; input += 64, output += 64) {
    v128.store(output, positive(v128.load(input)))
    v128.store(output, positive(v128.load(input, 16)), 16)
    v128.store(output, positive(v128.load(input, 32)), 32)
    v128.store(output, positive(v128.load(input, 48)), 48)
  }
  for (; input < end; input += 16, output += 16) v128.store(output, positive(v128.load(input)))
}

export function absolute(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) v128.store(output + (i << 2), f32x4.abs(v128.load(input + (i << 2))))
}

export function clip(input: usize, output: usize, count: i32, minimum: f32, maximum: f32): void {
  const low = f32x4.splat(minimum)
  const high = f32x4.splat(maximum)
  for (let i = 0; i < count; i += 4) {
    v128.store(output + (i << 2), f32x4.min(f32x4.max(v128.load(input + (i << 2)), low), high))
  }
}

@inline
function mapFours(kind: i32, input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) storeFour(kind, v128.load(input + (i << 2)), output + (i << 2))
}

export function sigmoid(input: usize, output: usize, count: i32): void {
  mapFours(SIGMOID, input, output, count)
}

export function hyperbolicTangent(input: usize, output: usize, count: i32): void {
  mapFours(TANH, input, output, count)
}

export function exponential(input: usize, output: usize, count: i32): void {
  mapFours(EXPONENTIAL, input, output, count)
}

export function swish(input: usize, output: usize, count: i32): void {
  mapFours(SWISH, input, output, count)
}

/** `log(1 + e^x)`, written so that the exponential cannot overflow. */
export function softplus(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const x = <f64>load<f32>(input + (i << 2))
    store<f32>(output + (i << 2), <f32>(x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))))
  }
}

export function softsign(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const x = <f64>load<f32>(input + (i << 2))
    store<f32>(output + (i << 2), <f32>(x / (1 + abs<f64>(x))))
  }
}

export function hardSigmoid(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const x = <f64>load<f32>(input + (i << 2))
    store<f32>(output + (i << 2), <f32>min<f64>(max<f64>(0.2 * x + 0.5, 0), 1))
  }
}

export function hardSwish(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const x = <f64>load<f32>(input + (i << 2))
    store<f32>(output + (i << 2), <f32>((x * min<f64>(max<f64>(x + 3, 0), 6)) / 6))
  }
}
