/** Tests the features of this JavaScript engine with modules of a few bytes. */
import type { Support } from '@onebit/core'

/** `(module (func (drop (i8x16.popcnt (i8x16.splat (i32.const 0))))))` */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 15, 253, 98, 26, 11]

/** `(module (func (drop (i8x16.relaxed_swizzle (i8x16.splat (i32.const 0)) (i8x16.splat (i32.const 0))))))` */
const RELAXED_SIMD = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 16, 1, 14, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 253, 128, 2, 26, 11],
]

/** True if the engine has relaxed SIMD, which makes table lookups cheaper on x86. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(RELAXED_SIMD))
}

export function checkSupport(): Support {
  if (typeof WebAssembly !== 'object') return { supported: false, reason: 'This JavaScript engine has no WebAssembly.' }
  if (!WebAssembly.validate(new Uint8Array(SIMD))) {
    return { supported: false, reason: 'The WebAssembly of this JavaScript engine has no SIMD instructions.' }
  }
  return { supported: true }
}
