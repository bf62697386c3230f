/** What this JavaScript engine can run, asked with modules of a few bytes. */
import type { Support } from '@onebit/core'

/** `(module (func (drop (i8x16.popcnt (i8x16.splat (i32.const 0))))))` */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 15, 253, 98, 26, 11]

export function checkSupport(): Support {
  if (typeof WebAssembly !== 'object') return { supported: false, reason: 'This JavaScript engine has no WebAssembly.' }
  if (!WebAssembly.validate(new Uint8Array(SIMD))) {
    return { supported: false, reason: 'The WebAssembly of this JavaScript engine has no SIMD instructions.' }
  }
  return { supported: true }
}
