/**
 * Sums of table entries. An entry is a byte of two nibbles of at most 4, so the sum of 3 entries fits a byte: a triple `t`.
 * As a 16-bit lane, `t` is `a0 + 16 b0 + 256 a1 + 4096 b1`. `a` counts for the first pixel of the pair, `b` for the second, 0 and 1
 * stand for an even and an odd output. The kernel keeps two byte-wise sums, modulo 256:
 *
 *     sum  = S(t)       bytes: A0 + 16 B0, A1 + 16 B1
 *     high = S(t >> 4)  bytes: B0 + 16 A1, B1
 *
 * As long as each of A0, B0, A1, B1 stays below 256, which holds for TRIPLES triples, the four can be computed one after the other.
 */

/** A triple adds at most 12 to each sum: 21 * 12 = 252. */
@inline export const TRIPLES = 21

@inline
function accumulate(at: usize, counts: v128, first: bool): void {
  v128.store(at, first ? counts : i16x8.add(v128.load(at), counts))
}

/** Adds the four sums to the uint16 counts: 8 even then 8 odd outputs of the first pixel at `at`, of the second at `next`. */
@inline
export function flush(at: usize, next: usize, sum: v128, high: v128, first: bool): void {
  const byte = i16x8.splat(0xff)
  const oddSecond = i16x8.shr_u(high, 8)
  const rest = i16x8.sub(sum, i16x8.shl(oddSecond, 12))
  const oddFirst = i16x8.shr_u(rest, 8)
  const evenSecond = v128.and(i16x8.sub(high, i16x8.shl(oddFirst, 4)), byte)
  const evenFirst = v128.and(i16x8.sub(rest, i16x8.shl(evenSecond, 4)), byte)
  accumulate(at, evenFirst, first)
  accumulate(at + 16, oddFirst, first)
  accumulate(next, evenSecond, first)
  accumulate(next + 16, oddSecond, first)
}
