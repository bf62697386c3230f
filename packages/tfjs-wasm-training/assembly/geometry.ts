// The current convolution. A kernel sets it once and every file reads it, because reading WebAssembly globals costs nothing, and a
// dozen arguments in every call would be hard to read. The layout is NHWC for images and [height, width, in, out]
// for filters; all sizes are in elements.

export let batch: i32 = 0
export let inHeight: i32 = 0
export let inWidth: i32 = 0
export let inChannels: i32 = 0
export let outHeight: i32 = 0
export let outWidth: i32 = 0
export let outChannels: i32 = 0
export let filterHeight: i32 = 0
export let filterWidth: i32 = 0
export let strideHeight: i32 = 0
export let strideWidth: i32 = 0
export let dilationHeight: i32 = 0
export let dilationWidth: i32 = 0
export let padTop: i32 = 0
export let padLeft: i32 = 0

export function setImages(images: i32, rows: i32, columns: i32, channels: i32): void {
  batch = images
  inHeight = rows
  inWidth = columns
  inChannels = channels
}

export function setOutputs(rows: i32, columns: i32, channels: i32): void {
  outHeight = rows
  outWidth = columns
  outChannels = channels
}

export function setWindow(
  rows: i32,
  columns: i32,
  rowStride: i32,
  columnStride: i32,
  rowDilation: i32,
  columnDilation: i32,
  top: i32,
  left: i32,
): void {
  filterHeight = rows
  filterWidth = columns
  strideHeight = rowStride
  strideWidth = columnStride
  dilationHeight = rowDilation
  dilationWidth = columnDilation
  padTop = top
  padLeft = left
}
