// Gradients of the depthwise convolution, NHWC, filter [height][width][in][multiplier]. Output channel q reads the input
// channel q / multiplier; so with the input channels repeated `multiplier` times each, both gradients are those of a
// depthwise convolution with as many inputs as outputs, and the flat filter index is [tap][q].
import {
  batch,
  dilationHeight,
  dilationWidth,
  filterHeight,
  filterWidth,
  inChannels,
  inHeight,
  inWidth,
  outChannels,
  outHeight,
  outWidth,
  padLeft,
  padTop,
  strideHeight,
  strideWidth,
} from './geometry'

/** Bytes of scratch memory for either gradient: one image with repeated channels, if there are any to repeat. */
export function depthwiseGradientScratch(): usize {
  return outChannels === inChannels ? 0 : (<usize>(inHeight * inWidth * outChannels)) << 2
}

// The output columns, from first to end, at which a tap reads inside the image.
let firstColumn: i32 = 0
let endColumn: i32 = 0

function clipColumns(kx: i32): void {
  const left = kx * dilationWidth - padLeft
  firstColumn = left >= 0 ? 0 : (-left + strideWidth - 1) / strideWidth
  const room = inWidth - left
  endColumn = room <= 0 ? 0 : min(outWidth, (room + strideWidth - 1) / strideWidth)
}

/** dW[ky][kx][q] = sum of x[y * stride + ky * dilation - pad][...][q] * dy[y][x][q] */
export function depthwiseFilterGradient(x: usize, dy: usize, dw: usize, scratch: usize): void {
  memory.fill(dw, 0, (<usize>(filterHeight * filterWidth * outChannels)) << 2)
  for (let image = 0; image < batch; image++) {
    let source = x + ((<usize>(image * inHeight * inWidth * inChannels)) << 2)
    if (outChannels !== inChannels) {
      repeatChannels(source, scratch)
      source = scratch
    }
    let target = dw
    for (let ky = 0; ky < filterHeight; ky++) {
      for (let kx = 0; kx < filterWidth; kx++) {
        clipColumns(kx)
        let channel = 0
        for (; channel + 16 <= outChannels; channel += 16) accumulateVectors(source, dy, target, ky, kx, channel)
        for (; channel < outChannels; channel++) accumulateScalar(source, dy, target, ky, kx, channel)
        target += (<usize>outChannels) << 2
      }
    }
    dy += (<usize>(outHeight * outWidth * outChannels)) << 2
  }
}

function accumulateVectors(x: usize, dy: usize, dw: usize, ky: i32, kx: i32, channel: i32): void {
  dw += (<usize>channel) << 2
  let s0 = v128.load(dw),
    s1 = v128.load(dw, 16),
    s2 = v128.load(dw, 32),
    s3 = v128.load(dw, 48)
  for (let row = 0; row < outHeight; row++) {
    const y = row * strideHeight + ky * dilationHeight - padTop
    if (y < 0 || y >= inHeight) continue
    let value =
      x + ((<usize>((y * inWidth + firstColumn * strideWidth + kx * dilationWidth - padLeft) * outChannels + channel)) << 2)
    let gradient = dy + ((<usize>((row * outWidth + firstColumn) * outChannels + channel)) << 2)
    for (let column = firstColumn; column < endColumn; column++) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(value), v128.load(gradient)))
      s1 = f32x4.add(s1, f32x4.mul(v128.load(value, 16), v128.load(gradient, 16)))
      s2 = f32x4.add(s2, f32x4.mul(v128.load(value, 32), v128.load(gradient, 32)))
      s3 = f32x4.add(s3, f32x4.mul(v128.load(value, 48), v128.load(gradient, 48)))
      value += (<usize>(strideWidth * outChannels)) << 2
      gradient += (<usize>outChannels) << 2
    }
  }
  v128.store(dw, s0)
  v128.store(dw, s1, 16)
  v128.store(dw, s2, 32)
  v128.store(dw, s3, 48)
}

function accumulateScalar(x: usize, dy: usize, dw: usize, ky: i32, kx: i32, channel: i32): void {
  dw += (<usize>channel) << 2
  let sum = load<f32>(dw)
  for (let row = 0; row < outHeight; row++) {
    const y = row * strideHeight + ky * dilationHeight - padTop
    if (y < 0 || y >= inHeight) continue
    let value =
      x + ((<usize>((y * inWidth + firstColumn * strideWidth + kx * dilationWidth - padLeft) * outChannels + channel)) << 2)
    let gradient = dy + ((<usize>((row * outWidth + firstColumn) * outChannels + channel)) << 2)
    for (let column = firstColumn; column < endColumn; column++) {
      sum += load<f32>(value) * load<f32>(gradient)
      value += (<usize>(strideWidth * outChannels)) << 2
      gradient += (<usize>outChannels) << 2
    }
  }
  store<f32>(dw, sum)
}

/** dx[y * stride + ky * dilation - pad][...][q] += dy[y][x][q] * w[ky][kx][q] */
export function depthwiseInputGradient(dy: usize, filter: usize, dx: usize, scratch: usize): void {
  const repeated = outChannels !== inChannels
  for (let image = 0; image < batch; image++) {
    const target = repeated ? scratch : dx
    memory.fill(target, 0, (<usize>(inHeight * inWidth * outChannels)) << 2)
    for (let row = 0; row < outHeight; row++) {
      for (let ky = 0; ky < filterHeight; ky++) {
        const y = row * strideHeight + ky * dilationHeight - padTop
        if (y < 0 || y >= inHeight) continue
        for (let kx = 0; kx < filterWidth; kx++) {
          clipColumns(kx)
          spreadRow(
            dy + ((<usize>((row * outWidth + firstColumn) * outChannels)) << 2),
            filter + ((<usize>((ky * filterWidth + kx) * outChannels)) << 2),
            target + ((<usize>((y * inWidth + firstColumn * strideWidth + kx * dilationWidth - padLeft) * outChannels)) << 2),
          )
        }
      }
    }
    if (repeated) sumRepeatedChannels(scratch, dx)
    dy += (<usize>(outHeight * outWidth * outChannels)) << 2
    dx += (<usize>(inHeight * inWidth * inChannels)) << 2
  }
}

function spreadRow(dy: usize, filter: usize, dx: usize): void {
  const bytes = (<usize>outChannels) << 2
  const vectors = bytes & ~15
  for (let column = firstColumn; column < endColumn; column++) {
    let at: usize = 0
    for (; at < vectors; at += 16) {
      v128.store(dx + at, f32x4.add(v128.load(dx + at), f32x4.mul(v128.load(dy + at), v128.load(filter + at))))
    }
    for (; at < bytes; at += 4) {
      store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + at) * load<f32>(filter + at))
    }
    dy += bytes
    dx += <usize>strideWidth * bytes
  }
}

function repeatChannels(source: usize, target: usize): void {
  const multiplier = outChannels / inChannels
  const end = source + ((<usize>(inHeight * inWidth * inChannels)) << 2)
  for (; source < end; source += 4) {
    const value = load<f32>(source)
    for (let i = 0; i < multiplier; i++) {
      store<f32>(target, value)
      target += 4
    }
  }
}

function sumRepeatedChannels(source: usize, target: usize): void {
  const multiplier = outChannels / inChannels
  const end = target + ((<usize>(inHeight * inWidth * inChannels)) << 2)
  for (; target < end; target += 4) {
    let sum: f32 = 0
    for (let i = 0; i < multiplier; i++) {
      sum += load<f32>(source)
      source += 4
    }
    store<f32>(target, sum)
  }
}
