/** For each pixel of a resampled line, its source pixels and their weights. */
export interface TriangleFilter {
  /** For each place of the result, the first source place under its triangle. It never decreases. */
  readonly first: Int32Array
  /** `[places, taps]`, each row summing to 1. */
  readonly weights: Float32Array
  /** Number of source places under each triangle. */
  readonly taps: number
}

/** A part of a line: `length` places, starting at `start`. */
export interface Span {
  readonly start: number
  readonly length: number
}

/**
 * The filter that makes `size` places of a span of the source. When it enlarges, it is linear interpolation. When it reduces, the
 * triangle widens with the reduction, so fine patterns do not alias. Centers of pixels are at half integers; at the source's
 * ends, weights are normalized over the pixels that exist.
 * @param source Length of the source.
 * @param part The places of the result to make. Each has the same weights as in the whole result.
 */
export function triangleFilter(source: number, span: Span, size: number, part: Span): TriangleFilter {
  const scale = span.length / size
  const support = Math.max(1, scale)
  const taps = Math.min(source, Math.ceil(2 * support))
  const first = new Int32Array(part.length)
  const weights = new Float32Array(part.length * taps)
  for (let place = 0; place < part.length; place++) {
    const center = span.start + (part.start + place + 0.5) * scale
    first[place] = Math.max(0, Math.min(source - taps, Math.floor(center - support + 0.5)))
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const weight = Math.max(0, 1 - Math.abs(first[place] + tap + 0.5 - center) / support)
      weights[place * taps + tap] = weight
      sum += weight
    }
    for (let tap = 0; tap < taps; tap++) weights[place * taps + tap] /= sum
  }
  return { first, weights, taps }
}
