/** Sums of four products of 8-bit integers. */
import { has, type Piece } from './piece.ts'

/** `dotOf4(a, b)`: the sum of the products of the bytes of two words, as integers from -128 to 127. */
export const DOT_OF_4: Piece = {
  extension: 'packed-dots',
  code: (arithmetic) =>
    has(arithmetic, 'packed-dots')
      ? 'fn dotOf4(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }'
      : /* wgsl */ `
fn bytesOf(word: u32) -> vec4<i32> { return (vec4(bitcast<i32>(word)) << vec4(24u, 16u, 8u, 0u)) >> vec4(24u); }
fn dotOf4(a: u32, b: u32) -> i32 { return dot(bytesOf(a), bytesOf(b)); }`,
}
