/** Real weights by blocks of 4, stored as float32 or as float16. */
import type { Constant } from '../program/buffer.ts'
import { type Arithmetic, has, type Piece } from './piece.ts'
import type { Binding } from './write-shader.ts'

/** `weightsAt(index)`: the 4 weights of a block. */
export interface Weights {
  readonly binding: Binding
  readonly load: Piece
}

export function weightsAsFloat32(resource: Constant): Weights {
  return {
    binding: { name: 'weights', element: 'vec4<f32>', resource },
    load: { code: () => 'fn weightsAt(index: u32) -> vec4<f32> { return weights[index]; }' },
  }
}

/** Both ways give the same numbers: every float16 is also a float32, and none is subnormal. */
export function weightsAsFloat16(resource: Constant, arithmetic: Arithmetic): Weights {
  if (has(arithmetic, 'float16')) {
    return {
      binding: { name: 'weights', element: 'vec4<f16>', resource },
      load: { extension: 'float16', code: () => 'fn weightsAt(index: u32) -> vec4<f32> { return vec4<f32>(weights[index]); }' },
    }
  }
  const code = `fn weightsAt(index: u32) -> vec4<f32> {
  return vec4(unpack2x16float(weights[index].x), unpack2x16float(weights[index].y));
}`
  return { binding: { name: 'weights', element: 'vec2<u32>', resource }, load: { code: () => code } }
}
