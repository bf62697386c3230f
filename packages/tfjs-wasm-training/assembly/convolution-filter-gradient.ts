// dW[ky][kx][i][o] = sum over images and output pixels of x[y * stride + ky * dilation - pad][...][i] * dy[y][x][o].
//
// This is the product of a patch matrix (one row per filter element k, one column per output pixel) and dy. The patch
// matrix is never formed: an element k of the filter is an offset into the zero-bordered image, the same for all pixels.
// The pixels are visited in panels small enough for the first cache levels; within a panel each tile of 4 filter elements
// by 8 output channels keeps its 32 sums in 8 registers. Short panels also keep rounding errors small: the sums of a
// panel are added to the running sums once per panel.
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
import { copyPixels, packWindow } from './pack'

const PANEL_PIXELS: i32 = 256

// A panel is either several whole images or some rows of one image.
let panelImages: i32 = 0
let panelRows: i32 = 0
// The packed image of a panel: [image][block][packedRows][packedColumns][lanes].
let lanes: i32 = 0
let blocks: i32 = 0
let packedColumns: i32 = 0
// Filter elements in the order [ky][kx][block][lane], a multiple of 4 of them.
let elements: i32 = 0
// Scratch memory.
let offsets: usize = 0
let sums: usize = 0
let packedX: usize = 0
let packedDy: usize = 0

function roundUp(value: i32, multiple: i32): i32 {
  return ((value + multiple - 1) / multiple) * multiple
}

function packedRows(rows: i32): i32 {
  return (rows - 1) * strideHeight + (filterHeight - 1) * dilationHeight + 1
}

/** Decides the layout in the scratch memory at `scratch` and returns its end. */
function plan(scratch: usize): usize {
  const pixels = outHeight * outWidth
  panelImages = min(max(PANEL_PIXELS / pixels, 1), batch)
  panelRows = panelImages > 1 ? outHeight : min(max(PANEL_PIXELS / outWidth, 1), outHeight)
  // At most 16 lanes: a cache line. Below 4 channels a tile of 4 elements spans several taps instead of wasting lanes.
  blocks = (inChannels + 15) / 16
  lanes = inChannels < 4 ? inChannels : roundUp((inChannels + blocks - 1) / blocks, 4)
  blocks = (inChannels + lanes - 1) / lanes
  packedColumns = (outWidth - 1) * strideWidth + (filterWidth - 1) * dilationWidth + 1
  elements = roundUp(filterHeight * filterWidth * blocks * lanes, 4)

  offsets = scratch
  sums = offsets + ((<usize>roundUp(elements, 16)) << 2)
  packedX = sums + ((<usize>(elements * roundUp(outChannels, 8))) << 2)
  packedDy = packedX + ((<usize>(panelImages * blocks * packedRows(panelRows) * packedColumns * lanes)) << 2)
  return packedDy + ((<usize>(panelImages * panelRows * outWidth * roundUp(outChannels, 8))) << 2)
}

/** Bytes of scratch memory that `convolutionFilterGradient` needs for the current geometry. */
export function convolutionFilterGradientScratch(): usize {
  return plan(0)
}

export function convolutionFilterGradient(x: usize, dy: usize, dw: usize, scratch: usize): void {
  plan(scratch)
  memory.fill(sums, 0, (<usize>(elements * roundUp(outChannels, 8))) << 2)
  for (let image = 0; image < batch; image += panelImages) {
    const images = min(panelImages, batch - image)
    for (let row = 0; row < outHeight; row += panelRows) {
      const rows = min(panelRows, outHeight - row)
      packPanel(x, dy, image, images, row, rows)
      accumulatePanel(images, rows)
    }
  }
  unpackSums(dw)
}

function packPanel(x: usize, dy: usize, image: i32, images: i32, row: i32, rows: i32): void {
  const height = packedRows(rows)
  const top = row * strideHeight - padTop
  for (let i = 0; i < images; i++) {
    const source = x + ((<usize>((image + i) * inHeight * inWidth * inChannels)) << 2)
    const target = packedX + ((<usize>(i * blocks * height * packedColumns * lanes)) << 2)
    packWindow(source, inHeight, inWidth, inChannels, target, height, packedColumns, lanes, top, -padLeft)
  }
  writeOffsets(height)
  // The gradients of a panel are contiguous: several whole images, or rows of one.
  const pixels = images * rows * outWidth
  const source = dy + ((<usize>((image * outHeight + row) * outWidth * outChannels)) << 2)
  for (let channel = 0; channel < outChannels; channel += 8) {
    const target = packedDy + ((<usize>(channel * pixels)) << 2)
    copyPixels(source + ((<usize>channel) << 2), (<usize>outChannels) << 2, target, pixels, min(8, outChannels - channel), 8)
  }
}

/** Writes the byte offset of each filter element from a pixel of the packed image. */
function writeOffsets(height: i32): void {
  let element = offsets
  for (let ky = 0; ky < filterHeight; ky++) {
    for (let kx = 0; kx < filterWidth; kx++) {
      for (let block = 0; block < blocks; block++) {
        const pixel = (block * height + ky * dilationHeight) * packedColumns + kx * dilationWidth
        for (let lane = 0; lane < lanes; lane++) {
          store<i32>(element, (pixel * lanes + lane) << 2)
          element += 4
        }
      }
    }
  }
  // Copies of element 0 may fill up the last tile. Nobody reads their sums.
  for (const end = offsets + ((<usize>elements) << 2); element < end; element += 4) store<i32>(element, 0)
}

function accumulatePanel(images: i32, rows: i32): void {
  const step = (<usize>(strideWidth * lanes)) << 2
  const rowStep = ((<usize>(strideHeight * packedColumns * lanes)) << 2) - <usize>outWidth * step
  const height = packedRows(rows)
  const imageStep = (<usize>((blocks * height - rows * strideHeight) * packedColumns * lanes)) << 2
  const block = (<usize>(images * rows * outWidth)) << 5
  let tile = sums
  let gradients = packedDy
  for (let channel = 0; channel < outChannels; channel += 8) {
    for (let element = 0; element < elements; element += 4) {
      const offset = offsets + ((<usize>element) << 2)
      const offset0 = load<i32>(offset),
        offset1 = load<i32>(offset, 4)
      const offset2 = load<i32>(offset, 8),
        offset3 = load<i32>(offset, 12)
      if (lanes < 4) {
        accumulate(false, tile, packedX, offset0, offset1, offset2, offset3, gradients, images, rows, step, rowStep, imageStep)
      } else {
        accumulate(true, tile, packedX, offset0, 0, 0, 0, gradients, images, rows, step, rowStep, imageStep)
      }
      tile += 128
    }
    gradients += block
  }
}

/**
 * Adds to a tile the products of 4 filter elements with 8 gradients, over all pixels of the panel. Inlined twice, so that `contiguous`
 * is decided while compiling: elements are then 4 neighboring lanes from `offset0` on, and the loads need no sums of their own.
 */
@inline
function accumulate(
  contiguous: bool,
  tile: usize,
  x: usize,
  offset0: usize,
  offset1: usize,
  offset2: usize,
  offset3: usize,
  gradients: usize,
  images: i32,
  rows: i32,
  step: usize,
  rowStep: usize,
  imageStep: usize,
): void {
  let s00 = v128.load(tile),
    s01 = v128.load(tile, 16)
  let s10 = v128.load(tile, 32),
    s11 = v128.load(tile, 48)
  let s20 = v128.load(tile, 64),
    s21 = v128.load(tile, 80)
  let s30 = v128.load(tile, 96),
    s31 = v128.load(tile, 112)
  if (contiguous) x += offset0
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < outWidth; column++) {
        const g0 = v128.load(gradients),
          g1 = v128.load(gradients, 16)
        let a = contiguous ? v128.load32_splat(x) : v128.load32_splat(x + offset0)
        s00 = f32x4.add(s00, f32x4.mul(a, g0))
        s01 = f32x4.add(s01, f32x4.mul(a, g1))
        a = contiguous ? v128.load32_splat(x, 4) : v128.load32_splat(x + offset1)
        s10 = f32x4.add(s10, f32x4.mul(a, g0))
        s11 = f32x4.add(s11, f32x4.mul(a, g1))
        a = contiguous ? v128.load32_splat(x, 8) : v128.load32_splat(x + offset2)
        s20 = f32x4.add(s20, f32x4.mul(a, g0))
        s21 = f32x4.add(s21, f32x4.mul(a, g1))
        a = contiguous ? v128.load32_splat(x, 12) : v128.load32_splat(x + offset3)
        s30 = f32x4.add(s30, f32x4.mul(a, g0))
        s31 = f32x4.add(s31, f32x4.mul(a, g1))
        x += step
        gradients += 32
      }
      x += rowStep
    }
    x += imageStep
  }
  v128.store(tile, s00)
  v128.store(tile, s01, 16)
  v128.store(tile, s10, 32)
  v128.store(tile, s11, 48)
  v128.store(tile, s20, 64)
  v128.store(tile, s21, 80)
  v128.store(tile, s30, 96)
  v128.store(tile, s31, 112)
}

/** Writes the sums, [outBlock][element][8], as a filter without the filled-up lanes. */
function unpackSums(dw: usize): void {
  const taps = filterHeight * filterWidth
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < inChannels; channel++) {
      const element = tap * blocks * lanes + channel
      for (let out = 0; out < outChannels; out += 8) {
        const source = sums + ((<usize>(out * elements + element * 8)) << 2)
        const used = min(8, outChannels - out)
        for (let lane = 0; lane < used; lane++) {
          store<f32>(dw, load<f32>(source + ((<usize>lane) << 2)))
          dw += 4
        }
      }
    }
  }
}
