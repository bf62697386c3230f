/** The one instruction that differs between the builds. */

/**
 * `table[index]` in 16 lanes, for indices below 16. On x86 the strict instruction costs two machine instructions more than the relaxed
 * one. The relaxed one is undefined for indices from 16 on, but there are none.
 */
@inline
export function lookup(table: v128, indices: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(table, indices) : i8x16.swizzle(table, indices)
}
