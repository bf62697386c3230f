/** Access to values by blocks of 4 channels, as vectors if rows consist of whole blocks. */
import type { Buffer, Constant } from '../program/buffer.ts'
import type { Piece } from './piece.ts'
import type { Binding } from './write-shader.ts'

/** WGSL type of the numbers of a value. */
type Scalar = 'f32' | 'i32'

/** A value that `loadNAME(row, block)` reads and `storeNAME(row, block, values)` writes. */
export interface Blocks {
  readonly binding: Binding
  readonly load: Piece
  readonly store: Piece
}

/** @param channels Channels of a row. */
export function blocksOf(name: string, resource: Buffer | Constant, channels: number, scalar: Scalar = 'f32'): Blocks {
  const title = name[0].toUpperCase() + name.slice(1)
  const lanes = [0, 1, 2, 3]
  if (channels % 4 === 0) {
    const place = `${name}[row * ${channels / 4}u + block]`
    return {
      binding: { name, element: `vec4<${scalar}>`, resource },
      load: { code: () => `fn load${title}(row: u32, block: u32) -> vec4<${scalar}> { return ${place}; }` },
      store: { code: () => `fn store${title}(row: u32, block: u32, values: vec4<${scalar}>) { ${place} = values; }` },
    }
  }
  const guarded = (statement: (lane: number) => string): string =>
    lanes.map((lane) => `  if (channel + ${lane}u < ${channels}u) { ${statement(lane)} }`).join('\n')
  const start = `  let channel = 4u * block;\n  let start = row * ${channels}u + channel;`
  return {
    binding: { name, element: scalar, resource },
    load: {
      code: () => `fn load${title}(row: u32, block: u32) -> vec4<${scalar}> {
${start}
  var values: vec4<${scalar}>;
${guarded((lane) => `values[${lane}] = ${name}[start + ${lane}u];`)}
  return values;
}`,
    },
    store: {
      code: () => `fn store${title}(row: u32, block: u32, values: vec4<${scalar}>) {
${start}
${guarded((lane) => `${name}[start + ${lane}u] = values[${lane}];`)}
}`,
    },
  }
}
