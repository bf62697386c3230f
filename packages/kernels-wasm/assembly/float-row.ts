/**
 * One pixel x 24 outputs of the real convolution, for dense layers, which have one pixel. It takes 3 blocks of weights side by side, so
 * 6 sums are under way at once. With 8 sums, V8 11.3 (Node 20) takes twice the time, as it loads all weights of a step before it
 * computes. The weights are the same as for the tile of 4 pixels.
 */
import { FOLLOWER_BYTES, finish } from './followers'

/** The sums of 3 blocks, `blockBytes` of weights apart, and their followers. `pointers` holds one address every 16 bytes. */
export function floatRow(
  pointers: usize,
  stretches: i32,
  channels: i32,
  offset: i32,
  weights: usize,
  blockBytes: i32,
  constants: usize,
  kind: i32,
  output: usize,
): void {
  let weights1 = weights + blockBytes
  let weights2 = weights1 + blockBytes
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  let sum2 = sum0
  let sum3 = sum0
  let sum4 = sum0
  let sum5 = sum0
  for (let stretch = 0; stretch < stretches; stretch++) {
    let pixel = load<usize>(pointers + (stretch << 4)) + offset
    for (const end = pixel + (channels << 2); pixel < end; pixel += 4) {
      const x = v128.load32_splat(pixel)
      sum0 = f32x4.add(sum0, f32x4.mul(x, v128.load(weights)))
      sum1 = f32x4.add(sum1, f32x4.mul(x, v128.load(weights, 16)))
      sum2 = f32x4.add(sum2, f32x4.mul(x, v128.load(weights1)))
      sum3 = f32x4.add(sum3, f32x4.mul(x, v128.load(weights1, 16)))
      sum4 = f32x4.add(sum4, f32x4.mul(x, v128.load(weights2)))
      sum5 = f32x4.add(sum5, f32x4.mul(x, v128.load(weights2, 16)))
      weights += 32
      weights1 += 32
      weights2 += 32
    }
  }
  v128.store(output, finish(sum0, constants, kind))
  v128.store(output, finish(sum1, constants + 16, kind), 16)
  v128.store(output, finish(sum2, constants + FOLLOWER_BYTES, kind), 32)
  v128.store(output, finish(sum3, constants + FOLLOWER_BYTES + 16, kind), 48)
  v128.store(output, finish(sum4, constants + 2 * FOLLOWER_BYTES, kind), 64)
  v128.store(output, finish(sum5, constants + 2 * FOLLOWER_BYTES + 16, kind), 80)
}
