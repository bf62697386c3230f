/** Sums and products of two values, both broadcast to the shape of the output. */
import { elementCount } from '@onebit/core'
import type { Value } from '../program/value.ts'
import { type Axis, position, stridesOf } from '../shaders/axes.ts'
import { flatMain } from '../shaders/flat.ts'
import type { Lowered, Lowering, LoweringScope } from './lowering.ts'

/** The output's axes, batch first, with the strides of a value that broadcasts to it. */
function broadcastAxes({ shape }: Pick<Value, 'shape'>, to: readonly number[]): Axis[] {
  const strides = stridesOf(shape)
  const missing = to.length - shape.length
  const axes = to.map((size, axis) => {
    const own = axis - missing
    return { size, stride: own < 0 || shape[own] === 1 ? 0 : strides[own] }
  })
  return [{ size: Number.POSITIVE_INFINITY, stride: elementCount(shape) }, ...axes]
}

function lowerBroadcast(operator: '+' | '*', kernel: string, { builder, inputs, type }: LoweringScope): Lowered {
  const output = builder.allocate(type)
  // A value may not be bound twice.
  const isSame = inputs[0].buffer === inputs[1].buffer
  const read = (name: string, value: Value): string => `${name}[${position(broadcastAxes(value, type.shape), 'index')}]`
  const left = read('left', inputs[0])
  const right = read(isSame ? 'left' : 'right', inputs[1])
  const bindings = [
    { name: 'left', element: 'f32', resource: inputs[0].buffer },
    ...(isSame ? [] : [{ name: 'right', element: 'f32', resource: inputs[1].buffer }]),
    { name: 'output', element: 'f32', resource: output },
  ]
  const code = flatMain('arrayLength(&output)', `output[index] = ${left} ${operator} ${right};`)
  builder.addFlat({ bindings, code }, elementCount(type.shape))
  return { buffer: output, kernel }
}

export const add: Lowering<'add'> = (_node, scope) => lowerBroadcast('+', 'sum', scope)
export const multiply: Lowering<'multiply'> = (_node, scope) => lowerBroadcast('*', 'product', scope)
