// One step of Adam over the elements of one variable, reading and writing everything once.
//   m' = m + share1 * (g - m),     share1 = 1 - beta1
//   v' = v + share2 * (g * g - v), share2 = 1 - beta2
//   w' = w - rate * (m' / correction1) / (sqrt(v' / correction2) + epsilon)
// The caller computes the shares and rounds them once. 1 - beta2 with the float32 0.999 is off by 1.3e-5. If a float32 beta2 and its share
// did not add up to 1, the mean of equal squares would be off by as much.
//   D. P. Kingma, J. Ba: Adam: a method for stochastic optimization, arXiv:1412.6980.

export function adamStep(
  weights: usize,
  gradient: usize,
  first: usize,
  second: usize,
  newWeights: usize,
  newFirst: usize,
  newSecond: usize,
  size: i32,
  rate: f32,
  share1: f32,
  share2: f32,
  epsilon: f32,
  correction1: f32,
  correction2: f32,
): void {
  const end = (<usize>size) << 2
  const vectors = end & ~15
  let at: usize = 0
  for (; at < vectors; at += 16) {
    const g = v128.load(gradient + at)
    const first4 = v128.load(first + at)
    const second4 = v128.load(second + at)
    const m = f32x4.add(first4, f32x4.mul(f32x4.splat(share1), f32x4.sub(g, first4)))
    const v = f32x4.add(second4, f32x4.mul(f32x4.splat(share2), f32x4.sub(f32x4.mul(g, g), second4)))
    const root = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(correction2))), f32x4.splat(epsilon))
    const step = f32x4.div(f32x4.div(m, f32x4.splat(correction1)), root)
    v128.store(newFirst + at, m)
    v128.store(newSecond + at, v)
    v128.store(newWeights + at, f32x4.sub(v128.load(weights + at), f32x4.mul(f32x4.splat(rate), step)))
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradient + at)
    const oldFirst = load<f32>(first + at)
    const oldSecond = load<f32>(second + at)
    const m = oldFirst + share1 * (g - oldFirst)
    const v = oldSecond + share2 * (g * g - oldSecond)
    const step = m / correction1 / (Mathf.sqrt(v / correction2) + epsilon)
    store<f32>(newFirst + at, m)
    store<f32>(newSecond + at, v)
    store<f32>(newWeights + at, load<f32>(weights + at) - rate * step)
  }
}
