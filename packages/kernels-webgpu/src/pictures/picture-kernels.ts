/**
 * Kernels that make an input from a picture, as `@onebit/image` does: they resample columns, then rows, round to bytes, and fill
 * a frame. Sums are float32 here and float64 there, so a byte may differ by 1 if its value lies between two.
 */
import { flatMain } from '../shaders/flat.ts'

/** A kernel for pictures of all sizes: it reads the sizes from a buffer. */
export interface PictureKernel {
  readonly node: string
  readonly code: string
  readonly usesZero: false
  readonly resources: readonly { readonly kind: 'buffer' | 'constant' | 'texture' }[]
}

interface Binding {
  readonly name: string
  readonly kind: 'buffer' | 'constant' | 'texture'
  readonly type: string
}

const reads = (name: string, type: string): Binding => ({ name, kind: 'constant', type })
const writes = (name: string, type: string): Binding => ({ name, kind: 'buffer', type })

/** @param sizes Names of the whole numbers that the kernel reads; `items` comes first. */
function kernel(node: string, sizes: readonly string[], bindings: readonly Binding[], code: string): PictureKernel {
  const declared = [reads('sizes', 'Sizes'), ...bindings].map(({ name, kind, type }, index) => {
    const space = kind === 'texture' ? '' : `<storage, ${kind === 'buffer' ? 'read_write' : 'read'}>`
    return { kind, line: `@group(0) @binding(${index + 1}) var${space} ${name}: ${type};` }
  })
  const struct = `struct Sizes { ${['items', ...sizes].map((name) => `${name}: u32`).join(', ')} }`
  const lines = [struct, ...declared.map(({ line }) => line), code.trim()]
  return { node, usesZero: false, resources: declared.map(({ kind }) => ({ kind })), code: `${lines.join('\n')}\n` }
}

/** Sizes of `columnsOf`. Its items are the pixels of all lines that `ROWS` reads. */
export const COLUMN_SIZES = ['width', 'taps', 'firstRow', 'sourceWidth', 'red', 'green', 'blue'] as const

/** The pixel of a texture, as `toChannels` of `@onebit/image` computes it, in integers. */
const pixelOfTexture = (channels: 1 | 3): string => /* wgsl */ `
fn over(value: u32, behind: u32, alpha: u32) -> u32 {
  let sum = alpha * value + (255u - alpha) * behind + 128u;
  return (sum + (sum >> 8u)) >> 8u;
}
fn pixel(column: u32, row: u32) -> vec3<f32> {
  let texel = vec4<u32>(clamp(textureLoad(source, vec2(column, row), 0), vec4(0.0), vec4(1.0)) * 255.0 + 0.5);
  let red = over(texel.r, sizes.red, texel.a);
  let green = over(texel.g, sizes.green, texel.a);
  let blue = over(texel.b, sizes.blue, texel.a);
  return ${channels === 3 ? 'vec3(f32(red), f32(green), f32(blue))' : 'vec3(f32((19595u * red + 38470u * green + 7471u * blue + 32768u) >> 16u))'};
}`

/** The pixel of a frame from an earlier step. */
const pixelOfFrame = (channels: 1 | 3): string => /* wgsl */ `
fn pixel(column: u32, row: u32) -> vec3<f32> {
  let place = (row * sizes.sourceWidth + column) * ${channels}u;
  return ${channels === 3 ? 'vec3(source[place], source[place + 1u], source[place + 2u])' : 'vec3(source[place])'};
}`

/** Resamples the columns of a texture or a frame, only in rows that are read. */
export function columnsOf(from: 'texture' | 'frame', channels: 1 | 3): PictureKernel {
  const source: Binding =
    from === 'texture' ? { name: 'source', kind: 'texture', type: 'texture_2d<f32>' } : writes('source', 'array<f32>')
  const bindings = [source, reads('first', 'array<u32>'), reads('weights', 'array<f32>'), writes('lines', 'array<f32>')]
  const stores = ['x', 'y', 'z']
    .slice(0, channels)
    .map((axis, channel) => `lines[index * ${channels}u + ${channel}u] = sum.${axis};`)
  const main = /* wgsl */ `
  let column = index % sizes.width;
  let row = sizes.firstRow + index / sizes.width;
  var sum = vec3<f32>();
  for (var tap = 0u; tap < sizes.taps; tap++) {
    sum += weights[column * sizes.taps + tap] * pixel(first[column] + tap, row);
  }
  ${stores.join(' ')}`
  const pixel = from === 'texture' ? pixelOfTexture(channels) : pixelOfFrame(channels)
  return kernel('the columns of a picture', COLUMN_SIZES, bindings, `${pixel}\n${flatMain('sizes.items', main)}`)
}

/** Sizes of `ROWS`. Its items are the values of the part. */
export const ROW_SIZES = ['lineLength', 'taps'] as const

export const ROWS = /* @__PURE__ */ kernel(
  'the rows of a picture',
  ROW_SIZES,
  [reads('first', 'array<u32>'), reads('weights', 'array<f32>'), writes('lines', 'array<f32>'), writes('part', 'array<f32>')],
  /* @__PURE__ */ flatMain(
    'sizes.items',
    /* wgsl */ `
  let row = index / sizes.lineLength;
  let place = index % sizes.lineLength;
  var sum = 0.5;
  for (var tap = 0u; tap < sizes.taps; tap++) {
    sum += weights[row * sizes.taps + tap] * lines[(first[row] + tap) * sizes.lineLength + place];
  }
  part[index] = clamp(floor(sum), 0.0, 255.0);`,
  ),
)

/** Sizes of `borderOf`. Its items are the pixels of the part. */
export const BORDER_SIZES = ['width'] as const

/** Computes the mean of a part's outermost pixels, rounded halves up, with one workgroup per channel. */
export function borderOf(channels: 1 | 3): PictureKernel {
  const code = /* wgsl */ `
var<workgroup> partial: array<vec2<u32>, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup_id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let channel = workgroup_id.x;
  let lastRow = sizes.items / sizes.width - 1u;
  var total = vec2<u32>();
  for (var index = local; index < sizes.items; index += 64u) {
    let row = index / sizes.width;
    let column = index % sizes.width;
    if (row == 0u || row == lastRow || column == 0u || column == sizes.width - 1u) {
      total += vec2(u32(part[index * ${channels}u + channel]), 1u);
    }
  }
  partial[local] = total;
  workgroupBarrier();
  if (local != 0u) { return; }
  for (var other = 1u; other < 64u; other++) { total += partial[other]; }
  color[channel] = f32((2u * total.x + total.y) / (2u * total.y));
}`
  return kernel('the border of a picture', BORDER_SIZES, [writes('part', 'array<f32>'), writes('color', 'array<f32>')], code)
}

/** Sizes of `frameOf`. Its items are the values of the frame. */
export const FRAME_SIZES = ['width', 'top', 'left', 'partHeight', 'partWidth'] as const

/** Puts the part into its frame. The last step normalizes the values. */
export function frameOf(channels: 1 | 3, isLast: boolean): PictureKernel {
  const main = /* wgsl */ `
  let channel = index % ${channels}u;
  let pixel = index / ${channels}u;
  // What lies above or left of the part wraps around, to the far side of every size.
  let row = pixel / sizes.width - sizes.top;
  let column = pixel % sizes.width - sizes.left;
  var value = color[channel];
  if (row < sizes.partHeight && column < sizes.partWidth) { value = part[(row * sizes.partWidth + column) * ${channels}u + channel]; }
  frame[index] = ${isLast ? 'normalization[channel * 256u + u32(value)]' : 'value'};`
  const bindings = [writes('part', 'array<f32>'), writes('color', 'array<f32>'), writes('frame', 'array<f32>')]
  const table = isLast ? [reads('normalization', 'array<f32>')] : []
  return kernel('the frame of a picture', FRAME_SIZES, [...bindings, ...table], flatMain('sizes.items', main))
}
