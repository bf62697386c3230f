// One step of Adam over the elements of one variable, reading and writing everything once.
//   m' = beta1 * m + (1 - beta1) * g
//   v' = beta2 * v + (1 - beta2) * g * g
//   w' = w - rate * (m' / correction1) / (sqrt(v' / correction2) + epsilon)
//   D. P. Kingma, J. Ba: Adam: a method for stochastic optimization, arXiv:1412.6980.

export function adamStep(
  weights: usize, gradient: usize, first: usize, second: usize,
  newWeights: usize, newFirst: usize, newSecond: usize, size: i32,
  rate: f32, beta1: f32, beta2: f32, epsilon: f32, correction1: f32, correction2: f32,
): void {
  const end = <usize>size << 2
  const vectors = end & ~15
  let at: usize = 0
  for (; at < vectors; at += 16) {
    const g = v128.load(gradient + at)
    const m = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(first + at)), f32x4.mul(f32x4.splat(1 - beta1), g))
    const v = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(second + at)), f32x4.mul(f32x4.splat(1 - beta2), f32x4.mul(g, g)),
    )
    const root = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(correction2))), f32x4.splat(epsilon))
    const step = f32x4.div(f32x4.div(m, f32x4.splat(correction1)), root)
    v128.store(newFirst + at, m)
    v128.store(newSecond + at, v)
    v128.store(newWeights + at, f32x4.sub(v128.load(weights + at), f32x4.mul(f32x4.splat(rate), step)))
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradient + at)
    const m = beta1 * load<f32>(first + at) + (1 - beta1) * g
    const v = beta2 * load<f32>(second + at) + (1 - beta2) * (g * g)
    const step = m / correction1 / (Mathf.sqrt(v / correction2) + epsilon)
    store<f32>(newFirst + at, m)
    store<f32>(newSecond + at, v)
    store<f32>(newWeights + at, load<f32>(weights + at) - rate * step)
  }
}
