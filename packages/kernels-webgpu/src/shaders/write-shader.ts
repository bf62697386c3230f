/** Puts a kernel's WGSL together: constants, bindings, the pieces that it shares with other kernels, and its own code. */
import type { Buffer, Constant } from '../program/buffer.ts'
import { type Arithmetic, type Extension, has, type Piece } from './piece.ts'

export interface Binding {
  /** Its name in the code. */
  readonly name: string
  /** WGSL type of an element: `u32`, `vec4<f32>`. */
  readonly element: string
  readonly resource: Buffer | Constant
}

export interface Kernel {
  /** Whole numbers by name. They are u32 in the code. */
  readonly constants?: Readonly<Record<string, number>>
  readonly bindings: readonly Binding[]
  readonly pieces?: readonly Piece[]
  /** Functions, and the entry point `main`. */
  readonly code: string
}

interface Shader {
  readonly code: string
  /** True if the code reads the word that is 0, at binding 0. */
  readonly usesZero: boolean
  /** Resources of the bindings from 1 on. */
  readonly resources: readonly (Buffer | Constant)[]
}

/** Every piece once, after the pieces that it needs. */
function withNeeds(pieces: readonly Piece[]): Set<Piece> {
  const ordered = new Set<Piece>()
  const add = (piece: Piece): void => {
    for (const needed of piece.needs ?? []) add(needed)
    ordered.add(piece)
  }
  for (const piece of pieces) add(piece)
  return ordered
}

/**
 * Values are bound as read_write although most kernels only read them: all are in one GPU buffer, which may not be bound in two
 * ways at once. Binding 0 is for the word `zero`.
 */
function declare({ name, element, resource }: Binding, index: number): string {
  const access = resource.kind === 'buffer' ? 'read_write' : 'read'
  return `@group(0) @binding(${index + 1}) var<storage, ${access}> ${name}: array<${element}>;`
}

/** The directives by which shaders announce extensions. */
const DIRECTIVES: Readonly<Record<Extension, string>> = {
  subgroups: 'enable subgroups;',
  float16: 'enable f16;',
  'packed-dots': 'requires packed_4x8_integer_dot_product;',
}

function directives(pieces: readonly Piece[], arithmetic: Arithmetic): string[] {
  const used = new Set(pieces.flatMap(({ extension }) => (extension && has(arithmetic, extension) ? [extension] : [])))
  return Array.from(used, (extension) => DIRECTIVES[extension])
}

export function writeShader({ constants = {}, bindings, pieces = [], code }: Kernel, arithmetic: Arithmetic): Shader {
  const used = [...withNeeds(pieces)]
  const usesZero = used.some((piece) => piece.usesZero?.(arithmetic) ?? false)
  const lines = [
    ...directives(used, arithmetic),
    ...Object.entries(constants).map(([name, value]) => `const ${name} = ${value}u;`),
    ...(usesZero ? ['@group(0) @binding(0) var<uniform> zero: u32;'] : []),
    ...bindings.map(declare),
    ...used.map((piece) => piece.code(arithmetic).trim()),
    code.trim(),
  ]
  return { code: `${lines.join('\n')}\n`, usesZero, resources: bindings.map(({ resource }) => resource) }
}
