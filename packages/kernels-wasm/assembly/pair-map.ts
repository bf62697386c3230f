/**
 * The pair map: the panel of a wider convolution before it is cut into windows. Neighboring windows overlap, so this kernel computes
 * the table offsets of two pixels a stride apart once for every place of the padded input, `[rows][columns][nibbles]`. The panel's rows
 * are then copied from it, one kernel row at a time.
 */
import { fillInside, fillPadded } from './panel'

/** Writes the map. `rows` and `columns` include the padding. `outside` is as for `buildPanel`. */
export function buildPairMap(
  input: usize,
  map: usize,
  outside: usize,
  pixelBytes: i32,
  height: i32,
  width: i32,
  channels: i32,
  rows: i32,
  columns: i32,
  top: i32,
  left: i32,
  strideX: i32,
): void {
  const placeBytes = (channels >> 2) << 1
  /** True if nibbles fill bytes. Then all places with both pixels inside form one run of bits and one of offsets. */
  const runs = (channels & 7) === 0
  for (let row = 0; row < rows; row++) {
    const y = row - top
    const inside = y >= 0 && y < height
    for (let column = 0; column < columns; column++) {
      if (runs && inside && column === left) {
        const places = min(width - strideX, columns - left)
        if (places > 0) {
          const first = input + y * width * pixelBytes
          fillInside(map, first, first + strideX * pixelBytes, places * pixelBytes)
          map += places * placeBytes
          column += places - 1
          continue
        }
      }
      const x0 = column - left
      const x1 = x0 + strideX
      const first = inside && x0 >= 0 && x0 < width ? input + (y * width + x0) * pixelBytes : outside
      const second = inside && x1 >= 0 && x1 < width ? input + (y * width + x1) * pixelBytes : outside
      if (first && second) fillInside(map, first, second, pixelBytes)
      else fillPadded(map, first, second, pixelBytes)
      map += placeBytes
    }
  }
}

@inline
function copyVectors(from: usize, to: usize, bytes: i32): void {
  let i = 0
  for (; i + 64 <= bytes; i += 64) {
    v128.store(to + i, v128.load(from + i))
    v128.store(to + i, v128.load(from + i, 16), 16)
    v128.store(to + i, v128.load(from + i, 32), 32)
    v128.store(to + i, v128.load(from + i, 48), 48)
  }
  for (; i < bytes; i += 16) v128.store(to + i, v128.load(from + i))
}

/**
 * Copies panel rows of the pixels `fromPixel` to `toPixel`, an even number in rows of an even `outputWidth`.
 * `kernelRowBytes` is one kernel row's stretch of the map, `stepX` and `stepY` are bytes of the map between neighboring
 * pixels, `tapY` between neighboring kernel rows.
 */
export function copyPanel(
  map: usize,
  panel: usize,
  outputWidth: i32,
  kernelHeight: i32,
  kernelRowBytes: i32,
  stepX: i32,
  stepY: i32,
  tapY: i32,
  panelRowBytes: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  let y = fromPixel / outputWidth
  let x = fromPixel - y * outputWidth
  for (let pixel = fromPixel; pixel < toPixel; pixel += 2) {
    let from = map + y * stepY + x * stepX
    let at = panel
    for (let ky = 0; ky < kernelHeight; ky++) {
      copyVectors(from, at, kernelRowBytes)
      from += tapY
      at += kernelRowBytes
    }
    panel += panelRowBytes
    for (; at < panel; at += 2) store<u16>(at, 0)
    x += 2
    if (x === outputWidth) {
      x = 0
      y++
    }
  }
}
