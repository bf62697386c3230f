/** Means over any axes, as loops around the blocks of assembly/mean.ts. */
import { elementCount } from '@onebit/core'
import { type Lowering, outputBuffer } from './lowering.ts'

/** Fewer values to sum are not worth a task. */
const LEAST_SUMMANDS = 8192
/** Values in a cache line. */
const LINE = 16

/** Neighboring axes that are all kept or all summed over. */
interface AxisGroup {
  readonly size: number
  readonly summed: boolean
  /** Values of the input from one step to the next. */
  readonly stride: number
}

/** Groups that are kept and summed in turn, outermost first. Axes of length 1 may belong to either kind. */
function groupAxes(shape: readonly number[], axes: readonly number[]): AxisGroup[] {
  const groups: AxisGroup[] = []
  const summedAxes = new Set(axes)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]
    const summed = summedAxes.has(axis)
    const inner = groups.at(-1)
    if (inner?.summed === summed) groups[groups.length - 1] = { ...inner, size: inner.size * size }
    else if (size > 1) groups.push({ size, summed, stride })
    stride *= size
  }
  return groups.reverse()
}

export const mean: Lowering<'mean'> = ({ attributes: { axes } }, context) => {
  const { builder, inputs, type } = context
  const { shape, buffer: input } = inputs[0]
  const buffer = outputBuffer(context)
  const groups = groupAxes(shape, axes)
  const inner = groups.at(-1)
  const kernel = inner?.summed ? 'meanOfColumns' : 'meanOfRows'
  const [rows, columns] = [groups.at(-2)?.size ?? 1, inner?.size ?? 1]
  const around = groups.slice(0, -2)
  const [kept, summed] = [around.filter((group) => !group.summed), around.filter((group) => group.summed)]
  const loops = builder.constant(Int32Array.from([...kept, ...summed].flatMap(({ size, stride }) => [size, 4 * stride])))
  const outputs = inner?.summed ? rows : columns
  const summands = elementCount(shape) / outputs
  const divisor = Math.fround(elementCount(shape) / elementCount(type.shape))
  const sizes = [loops, kept.length, summed.length, rows, columns]
  builder.split(outputs, LINE, Math.max(LINE, Math.ceil(LEAST_SUMMANDS / summands)), (from, to) =>
    builder.call(kernel, input, buffer, ...sizes, from, to, divisor),
  )
  return { buffer, kernel }
}
