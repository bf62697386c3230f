/** Turns bits of two pixels into a stretch of the panel: see panel.ts. */

/** 16 signs as 4 table indices, a byte each, for a pair of pixels that both have these bits. */
@inline
export function repeatSigns(signs: u32): u32 {
  const halves = (signs | (signs << 8)) & 0x00ff00ff
  return ((halves | (halves << 4)) & 0x0f0f0f0f) * 0x11
}

/** Stores the byte offsets of the tables of 4 indices. */
@inline
export function storePair(panel: usize, indices: u32): void {
  v128.store64_lane(panel, i16x8.shl(i16x8.extend_low_i8x16_u(i32x4.splat(indices)), 4), 0)
}

/** Fills up the last triple of each row of a panel with at most two zeros. */
@inline
export function endPairs(panel: usize, panelBytes: i32, panelRowBytes: i32, channels: i32): void {
  if ((channels >> 2) % 3 === 0) return
  for (let at = panel + (channels >> 1), end = at + panelBytes; at < end; at += panelRowBytes) store<u32>(at, 0)
}
