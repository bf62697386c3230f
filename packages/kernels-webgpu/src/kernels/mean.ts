/** Means over any axes. One invocation sums all values of one output, in row-major order. */
import { elementCount } from '@onebit/core'
import { DIVIDED, NOTHING } from '../shaders/arithmetic.ts'
import { type Axis, mergeAxes, position, stridesOf } from '../shaders/axes.ts'
import { flatMain } from '../shaders/flat.ts'
import type { Lowering } from './lowering.ts'

/** Nested loops, one per axis. The innermost adds. */
function sumLoops(axes: readonly Axis[]): string {
  const names = axes.map((_, index) => `i${index}`)
  const place = axes.map(({ stride }, index) => `${names[index]} * ${stride}u`)
  const add = `sum += input[${['start', ...place].join(' + ')}];`
  return axes.reduceRight(
    (inner, { size }, index) => `for (var ${names[index]} = 0u; ${names[index]} < ${size}u; ${names[index]}++) { ${inner} }`,
    add,
  )
}

export const mean: Lowering<'mean'> = ({ attributes }, { builder, inputs: [input], type }) => {
  const output = builder.allocate(type)
  const summed = new Set(attributes.axes)
  const strides = stridesOf(input.shape)
  const axes = input.shape.map((size, axis) => ({ size, stride: strides[axis] }))
  const kept = axes.filter((_, axis) => !summed.has(axis))
  const samples = { size: Number.POSITIVE_INFINITY, stride: elementCount(input.shape) }
  const count = elementCount(input.shape) / elementCount(type.shape)
  const code = flatMain(
    'arrayLength(&output)',
    `let start = ${position([samples, ...kept], 'index')};
  var sum = nothing();
  ${sumLoops(mergeAxes(axes.filter((_, axis) => summed.has(axis))))}
  output[index] = divided(sum, ${count}.0);`,
  )
  const bindings = [
    { name: 'input', element: 'f32', resource: input.buffer },
    { name: 'output', element: 'f32', resource: output },
  ]
  builder.addFlat({ bindings, pieces: [DIVIDED, NOTHING], code }, elementCount(type.shape))
  return { buffer: output, kernel: 'mean' }
}
