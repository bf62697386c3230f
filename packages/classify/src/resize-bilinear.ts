/** Bilinear resizing in plain TypeScript, the same in Node and in browsers. */

/** An image as numbers, row by row, channels last. */
export interface Pixels {
  readonly data: ArrayLike<number>
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** Where a row or column of the result reads: two neighbors and the share of the second. */
interface Tap {
  readonly first: number
  readonly second: number
  readonly share: number
}

/** Centers of pixels are at halves; beyond the outermost centers the border continues. */
function tapsOf(from: number, to: number): Tap[] {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1)
    const first = Math.floor(position)
    return { first, second: Math.min(first + 1, from - 1), share: position - first }
  })
}

/**
 * Each value is a mean of its four neighbors, weighed by nearness. An image that shrinks by more than half is first averaged over
 * whole pixels, so that no pixel is passed over.
 */
export function resizeBilinear(image: Pixels, width: number, height: number): Pixels & { readonly data: Float32Array } {
  const source = shrink(image, Math.floor(image.width / width / 2) + 1, Math.floor(image.height / height / 2) + 1)
  const { data, channels } = source
  const columns = tapsOf(source.width, width)
  const result = new Float32Array(width * height * channels)
  let next = 0
  for (const row of tapsOf(source.height, height)) {
    const upper = row.first * source.width
    const lower = row.second * source.width
    for (const column of columns) {
      for (let channel = 0; channel < channels; channel++) {
        const at = (line: number, x: number): number => data[(line + x) * channels + channel]
        const above = at(upper, column.first) * (1 - column.share) + at(upper, column.second) * column.share
        const below = at(lower, column.first) * (1 - column.share) + at(lower, column.second) * column.share
        result[next++] = above * (1 - row.share) + below * row.share
      }
    }
  }
  return { data: result, width, height, channels }
}

/** Means of boxes of pixels; those at the right and lower border may hold fewer, which shifts the result by less than a pixel. */
function shrink(image: Pixels, byWidth: number, byHeight: number): Pixels {
  if (byWidth === 1 && byHeight === 1) return image
  const { data, channels } = image
  const width = Math.ceil(image.width / byWidth)
  const height = Math.ceil(image.height / byHeight)
  const sums = new Float64Array(width * height * channels)
  const counts = new Float64Array(width * height)
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const box = Math.floor(y / byHeight) * width + Math.floor(x / byWidth)
      counts[box]++
      for (let channel = 0; channel < channels; channel++) {
        sums[box * channels + channel] += data[(y * image.width + x) * channels + channel]
      }
    }
  }
  return { data: sums.map((sum, index) => sum / counts[Math.floor(index / channels)]), width, height, channels }
}

/** The part of an image in its middle. */
export function cropCenter({ data, width, height, channels }: Pixels, toWidth: number, toHeight: number): Pixels {
  const left = Math.floor((width - toWidth) / 2)
  const top = Math.floor((height - toHeight) / 2)
  const result = new Float32Array(toWidth * toHeight * channels)
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth * channels; x++) {
      result[y * toWidth * channels + x] = data[((y + top) * width + left) * channels + x]
    }
  }
  return { data: result, width: toWidth, height: toHeight, channels }
}
