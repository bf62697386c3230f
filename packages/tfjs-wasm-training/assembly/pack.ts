// Copies a part of an image into a buffer with borders of zeros, so that no inner loop has to check the image's
// bounds. Source: [height][width][channels]. Target: [blocks][rows][columns][lanes]; block b holds the channels from
// b * lanes on, and lanes beyond the last channel are zeros. Row 0 and column 0 of the target are row `top` and column
// `left` of the source, which may lie outside it.

export function packWindow(
  source: usize,
  height: i32,
  width: i32,
  channels: i32,
  target: usize,
  rows: i32,
  columns: i32,
  lanes: i32,
  top: i32,
  left: i32,
): void {
  const firstColumn = min(max(-left, 0), columns)
  const endColumn = max(min(width - left, columns), firstColumn)
  const pixel = (<usize>lanes) << 2
  for (let channel = 0; channel < channels; channel += lanes) {
    const used = min(lanes, channels - channel)
    for (let row = 0; row < rows; row++) {
      const y = top + row
      if (y < 0 || y >= height) {
        memory.fill(target, 0, <usize>columns * pixel)
        target += <usize>columns * pixel
        continue
      }
      memory.fill(target, 0, <usize>firstColumn * pixel)
      target += <usize>firstColumn * pixel
      const from = source + ((<usize>((y * width + left + firstColumn) * channels + channel)) << 2)
      copyPixels(from, (<usize>channels) << 2, target, endColumn - firstColumn, used, lanes)
      target += <usize>(endColumn - firstColumn) * pixel
      memory.fill(target, 0, <usize>(columns - endColumn) * pixel)
      target += <usize>(columns - endColumn) * pixel
    }
  }
}

/** Copies `used` floats of each pixel and fills up to `lanes` with zeros. */
export function copyPixels(source: usize, step: usize, target: usize, pixels: i32, used: i32, lanes: i32): void {
  if (used === lanes && step === (<usize>lanes) << 2) {
    memory.copy(target, source, <usize>pixels * step)
    return
  }
  const vectors = used & ~3
  for (let pixel = 0; pixel < pixels; pixel++) {
    let lane = 0
    for (; lane < vectors; lane += 4) v128.store(target + ((<usize>lane) << 2), v128.load(source + ((<usize>lane) << 2)))
    for (; lane < used; lane++) store<f32>(target + ((<usize>lane) << 2), load<f32>(source + ((<usize>lane) << 2)))
    for (; lane < lanes; lane++) store<f32>(target + ((<usize>lane) << 2), 0)
    source += step
    target += (<usize>lanes) << 2
  }
}
