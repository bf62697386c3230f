// dx[y][x][i] = sum over taps and output channels of dy[(y + pad - ky * dilation) / stride][...][o] * w[ky][kx][i][o],
// over the taps for which the division has no remainder.
//
// This depends only on y modulo the stride. So the pixels of dx fall into stride * stride phases, and each
// phase is an ordinary convolution of stride 1 over dy with its own subset of the taps: no zeros are ever multiplied.
// dy is packed with zero borders wide enough for all phases, the filter as [phase][inBlock of 8][tap][o][8], and a tile of
// 4 pixels by 8 input channels keeps its 32 sums in 8 registers.
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
import { packWindow } from './pack'

// Pixels whose gradients are computed before the next 8 channels begin: their part of dy stays in the cache.
const PANEL_PIXELS: i32 = 256

// Rows and columns of dy that the packed image begins at, and its size.
let firstRow: i32 = 0
let firstColumn: i32 = 0
let packedRows: i32 = 0
let packedColumns: i32 = 0
// Output channels, rounded up to 4.
let lanes: i32 = 0
// Scratch memory.
let packedDy: usize = 0
let packedFilter: usize = 0
let tapOffsets: usize = 0
let spill: usize = 0
// The current phase.
let taps: i32 = 0

function floorDivide(a: i32, b: i32): i32 {
  const quotient = a / b
  return quotient * b > a ? quotient - 1 : quotient
}

/** Decides the layout in the scratch memory at `scratch` and returns its end. */
function plan(scratch: usize): usize {
  firstRow = floorDivide(padTop - (filterHeight - 1) * dilationHeight, strideHeight)
  firstColumn = floorDivide(padLeft - (filterWidth - 1) * dilationWidth, strideWidth)
  packedRows = (inHeight - 1) / strideHeight + floorDivide(strideHeight - 1 + padTop, strideHeight) - firstRow + 1
  packedColumns = (inWidth - 1) / strideWidth + floorDivide(strideWidth - 1 + padLeft, strideWidth) - firstColumn + 1
  lanes = (outChannels + 3) & ~3

  packedDy = scratch
  packedFilter = packedDy + ((<usize>(packedRows * packedColumns * lanes)) << 2)
  tapOffsets = packedFilter + ((<usize>(filterHeight * filterWidth * lanes * ((inChannels + 7) & ~7))) << 2)
  spill = tapOffsets + ((<usize>(filterHeight * filterWidth)) << 2)
  return spill + 128
}

/** Bytes of scratch memory that `convolutionInputGradient` needs for the current geometry. */
export function convolutionInputGradientScratch(): usize {
  return plan(0)
}

export function convolutionInputGradient(dy: usize, filter: usize, dx: usize, scratch: usize): void {
  plan(scratch)
  packFilter(filter)
  for (let image = 0; image < batch; image++) {
    packWindow(
      dy + ((<usize>(image * outHeight * outWidth * outChannels)) << 2),
      outHeight,
      outWidth,
      outChannels,
      packedDy,
      packedRows,
      packedColumns,
      lanes,
      firstRow,
      firstColumn,
    )
    const target = dx + ((<usize>(image * inHeight * inWidth * inChannels)) << 2)
    let weights = packedFilter
    for (let rowPhase = 0; rowPhase < min(strideHeight, inHeight); rowPhase++) {
      for (let columnPhase = 0; columnPhase < min(strideWidth, inWidth); columnPhase++) {
        listTaps(rowPhase, columnPhase)
        convolvePhase(rowPhase, columnPhase, weights, target)
        weights += (<usize>(taps * lanes * ((inChannels + 7) & ~7))) << 2
      }
    }
  }
}

/** True if the tap at `position` of one axis touches the pixels of the phase. */
function touches(phase: i32, pad: i32, position: i32, dilation: i32, stride: i32): bool {
  return (phase + pad - position * dilation) % stride === 0
}

/** Lists the byte offsets of the phase's taps from the packed pixel of the same row and column index. */
function listTaps(rowPhase: i32, columnPhase: i32): void {
  taps = 0
  for (let ky = 0; ky < filterHeight; ky++) {
    if (!touches(rowPhase, padTop, ky, dilationHeight, strideHeight)) continue
    const row = (rowPhase + padTop - ky * dilationHeight) / strideHeight - firstRow
    for (let kx = 0; kx < filterWidth; kx++) {
      if (!touches(columnPhase, padLeft, kx, dilationWidth, strideWidth)) continue
      const column = (columnPhase + padLeft - kx * dilationWidth) / strideWidth - firstColumn
      store<i32>(tapOffsets + ((<usize>taps) << 2), ((row * packedColumns + column) * lanes) << 2)
      taps++
    }
  }
}

/** Packs [ky][kx][i][o] as [phase][inBlock][tap][o][8], with zeros beyond the last input and output channel. */
function packFilter(filter: usize): void {
  let target = packedFilter
  for (let rowPhase = 0; rowPhase < min(strideHeight, inHeight); rowPhase++) {
    for (let columnPhase = 0; columnPhase < min(strideWidth, inWidth); columnPhase++) {
      for (let block = 0; block < inChannels; block += 8) {
        for (let ky = 0; ky < filterHeight; ky++) {
          if (!touches(rowPhase, padTop, ky, dilationHeight, strideHeight)) continue
          for (let kx = 0; kx < filterWidth; kx++) {
            if (!touches(columnPhase, padLeft, kx, dilationWidth, strideWidth)) continue
            packTap(filter + ((<usize>(((ky * filterWidth + kx) * inChannels + block) * outChannels)) << 2), target, block)
            target += (<usize>lanes) << 5
          }
        }
      }
    }
  }
}

/** Transposes 8 rows of [i][o] to [o][8]. */
function packTap(source: usize, target: usize, block: i32): void {
  const used = min(8, inChannels - block)
  memory.fill(target, 0, (<usize>lanes) << 5)
  for (let lane = 0; lane < used; lane++) {
    for (let out = 0; out < outChannels; out++) {
      store<f32>(target + ((<usize>(out * 8 + lane)) << 2), load<f32>(source + ((<usize>(lane * outChannels + out)) << 2)))
    }
  }
}

function convolvePhase(rowPhase: i32, columnPhase: i32, weights: usize, dx: usize): void {
  const rows = (inHeight - rowPhase + strideHeight - 1) / strideHeight
  const columns = (inWidth - columnPhase + strideWidth - 1) / strideWidth
  const pixels = rows * columns
  for (let panel = 0; panel < pixels; panel += PANEL_PIXELS) {
    const end = min(panel + PANEL_PIXELS, pixels)
    let blockWeights = weights
    for (let block = 0; block < inChannels; block += 8) {
      const target = dx + ((<usize>((rowPhase * inWidth + columnPhase) * inChannels + block)) << 2)
      convolveBlock(panel, end, columns, blockWeights, target, min(8, inChannels - block))
      blockWeights += (<usize>(taps * lanes)) << 5
    }
  }
}

/** Computes `used` channels of the pixels from `first` to `end` of the phase, which has `columns` pixels per row. */
function convolveBlock(first: i32, end: i32, columns: i32, weights: usize, dx: usize, used: i32): void {
  const dyStep = lanes << 2
  const dyRowStep = packedColumns * dyStep
  const dxStep = (strideWidth * inChannels) << 2
  const dxRowStep = (strideHeight * inWidth * inChannels) << 2
  let row = first / columns
  let column = first % columns
  for (let pixel = first; pixel < end; pixel += 4) {
    // A tile may begin in one row and end in the next. Past the end it repeats the last pixel.
    const dy0 = row * dyRowStep + column * dyStep,
      dx0 = row * dxRowStep + column * dxStep
    if (pixel + 1 < end && ++column === columns) {
      row++
      column = 0
    }
    const dy1 = row * dyRowStep + column * dyStep,
      dx1 = row * dxRowStep + column * dxStep
    if (pixel + 2 < end && ++column === columns) {
      row++
      column = 0
    }
    const dy2 = row * dyRowStep + column * dyStep,
      dx2 = row * dxRowStep + column * dxStep
    if (pixel + 3 < end && ++column === columns) {
      row++
      column = 0
    }
    const dy3 = row * dyRowStep + column * dyStep,
      dx3 = row * dxRowStep + column * dxStep
    if (++column === columns) {
      row++
      column = 0
    }
    if (used === 8) {
      tile(packedDy + dy0, packedDy + dy1, packedDy + dy2, packedDy + dy3, weights, dx + dx0, dx + dx1, dx + dx2, dx + dx3)
    } else {
      tile(packedDy + dy0, packedDy + dy1, packedDy + dy2, packedDy + dy3, weights, spill, spill + 32, spill + 64, spill + 96)
      copyLanes(spill, dx + dx0, used)
      copyLanes(spill + 32, dx + dx1, used)
      copyLanes(spill + 64, dx + dx2, used)
      copyLanes(spill + 96, dx + dx3, used)
    }
  }
}

function copyLanes(source: usize, target: usize, used: i32): void {
  for (let lane = 0; lane < used; lane++) store<f32>(target + ((<usize>lane) << 2), load<f32>(source + ((<usize>lane) << 2)))
}

/** Writes 8 channels of 4 pixels. */
function tile(
  dy0: usize,
  dy1: usize,
  dy2: usize,
  dy3: usize,
  weights: usize,
  dx0: usize,
  dx1: usize,
  dx2: usize,
  dx3: usize,
): void {
  let s00 = f32x4.splat(0),
    s01 = s00,
    s10 = s00,
    s11 = s00,
    s20 = s00,
    s21 = s00,
    s30 = s00,
    s31 = s00
  for (let tap = 0; tap < taps; tap++) {
    const offset = <usize>load<i32>(tapOffsets + ((<usize>tap) << 2))
    let a0 = dy0 + offset,
      a1 = dy1 + offset,
      a2 = dy2 + offset,
      a3 = dy3 + offset
    for (let lane = 0; lane < lanes; lane++) {
      const w0 = v128.load(weights),
        w1 = v128.load(weights, 16)
      let a = v128.load32_splat(a0)
      s00 = f32x4.add(s00, f32x4.mul(a, w0))
      s01 = f32x4.add(s01, f32x4.mul(a, w1))
      a = v128.load32_splat(a1)
      s10 = f32x4.add(s10, f32x4.mul(a, w0))
      s11 = f32x4.add(s11, f32x4.mul(a, w1))
      a = v128.load32_splat(a2)
      s20 = f32x4.add(s20, f32x4.mul(a, w0))
      s21 = f32x4.add(s21, f32x4.mul(a, w1))
      a = v128.load32_splat(a3)
      s30 = f32x4.add(s30, f32x4.mul(a, w0))
      s31 = f32x4.add(s31, f32x4.mul(a, w1))
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      weights += 32
    }
  }
  v128.store(dx0, s00)
  v128.store(dx0, s01, 16)
  v128.store(dx1, s10)
  v128.store(dx1, s11, 16)
  v128.store(dx2, s20)
  v128.store(dx2, s21, 16)
  v128.store(dx3, s30)
  v128.store(dx3, s31, 16)
}
