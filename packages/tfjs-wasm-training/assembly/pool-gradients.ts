// Gradients of 2-D pooling, NHWC, 4 channels at a time. The geometry is that of the pooling with `filter` as the window.
// Windows may overlap. They may also reach over the border, where there are no values.
import {
  batch,
  dilationHeight,
  dilationWidth,
  filterHeight,
  filterWidth,
  inChannels,
  inHeight,
  inWidth,
  outHeight,
  outWidth,
  padLeft,
  padTop,
  strideHeight,
  strideWidth,
} from './geometry'

// Byte offsets of the pixels under the current window that lie inside the image.
let taps: usize = 0
let tapsEnd: usize = 0

export function poolGradientScratch(): usize {
  return (<usize>(filterHeight * filterWidth)) << 2
}

function listTaps(image: i32, row: i32, column: i32): void {
  tapsEnd = taps
  for (let ky = 0; ky < filterHeight; ky++) {
    const y = row * strideHeight + ky * dilationHeight - padTop
    if (y < 0 || y >= inHeight) continue
    for (let kx = 0; kx < filterWidth; kx++) {
      const x = column * strideWidth + kx * dilationWidth - padLeft
      if (x < 0 || x >= inWidth) continue
      store<i32>(tapsEnd, (((image * inHeight + y) * inWidth + x) * inChannels) << 2)
      tapsEnd += 4
    }
  }
}

/** The gradient goes to the first largest value of each window, in row-major order. */
export function maxPoolGradient(x: usize, dy: usize, dx: usize, scratch: usize): void {
  taps = scratch
  memory.fill(dx, 0, (<usize>(batch * inHeight * inWidth * inChannels)) << 2)
  const vectors = (<usize>(inChannels & ~3)) << 2
  const end = (<usize>inChannels) << 2
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        listTaps(image, row, column)
        let channel: usize = 0
        for (; channel < vectors; channel += 16) routeVector(x + channel, v128.load(dy + channel), dx + channel)
        for (; channel < end; channel += 4) routeScalar(x + channel, load<f32>(dy + channel), dx + channel)
        dy += end
      }
    }
  }
}

function routeVector(x: usize, gradient: v128, dx: usize): void {
  let largest = f32x4.splat(-Infinity)
  let winner = i32x4.splat(-1)
  for (let tap = taps; tap < tapsEnd; tap += 4) {
    const offset = load<i32>(tap)
    const value = v128.load(x + offset)
    const larger = f32x4.gt(value, largest)
    largest = v128.bitselect(value, largest, larger)
    winner = v128.bitselect(i32x4.splat(offset), winner, larger)
  }
  for (let tap = taps; tap < tapsEnd; tap += 4) {
    const offset = load<i32>(tap)
    const share = v128.and(gradient, i32x4.eq(winner, i32x4.splat(offset)))
    v128.store(dx + offset, f32x4.add(v128.load(dx + offset), share))
  }
}

function routeScalar(x: usize, gradient: f32, dx: usize): void {
  let largest: f32 = -Infinity
  let winner = -1
  for (let tap = taps; tap < tapsEnd; tap += 4) {
    const value = load<f32>(x + load<i32>(tap))
    if (value > largest) {
      largest = value
      winner = load<i32>(tap)
    }
  }
  if (winner >= 0) store<f32>(dx + winner, load<f32>(dx + winner) + gradient)
}

/** The gradient is shared equally by the values of each window that lie inside the image. */
export function averagePoolGradient(dy: usize, dx: usize, scratch: usize): void {
  taps = scratch
  memory.fill(dx, 0, (<usize>(batch * inHeight * inWidth * inChannels)) << 2)
  const vectors = (<usize>(inChannels & ~3)) << 2
  const end = (<usize>inChannels) << 2
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        listTaps(image, row, column)
        const share: f32 = 1 / <f32>((tapsEnd - taps) >> 2)
        for (let tap = taps; tap < tapsEnd; tap += 4) {
          const target = dx + load<i32>(tap)
          let channel: usize = 0
          for (; channel < vectors; channel += 16) {
            const gradient = f32x4.mul(v128.load(dy + channel), f32x4.splat(share))
            v128.store(target + channel, f32x4.add(v128.load(target + channel), gradient))
          }
          for (; channel < end; channel += 4) {
            store<f32>(target + channel, load<f32>(target + channel) + load<f32>(dy + channel) * share)
          }
        }
        dy += end
      }
    }
  }
}
