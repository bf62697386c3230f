import { type DataType, GraphError } from '@onebit/core'
import type { KernelName } from '../loading/kernels.ts'
import { type Argument, type Buffer, offsetBy } from '../program/buffer.ts'
import { bitRowBytes, channelsOf, rowsOf } from '../program/value.ts'
import { panelRowBytes } from '../weights/table-kernel.ts'
import { isPlain, layOutFirst, layOutLimits, layOutThresholds } from '../weights/thresholds.ts'
import { floatTensor, type Lowering, type LoweringContext, type NodeOf, outputBuffer, requireTensor } from './context.ts'

/** Fewer values are not worth a task. */
const LEAST_VALUES = 4096

export interface PreparedThreshold {
  readonly kernel: string
  /** Adds the step that packs `rows` rows from row `from` on, which lie at `input`, into the node's value at `output`. */
  step(input: Argument, output: Buffer, from: number, rows: number): void
}

/** Lays out the thresholds and chooses the kernel. On accumulators they become integers, so no accumulator is ever rounded. */
export function prepareThreshold(node: NodeOf<'threshold'>, context: LoweringContext, inputType: DataType): PreparedThreshold {
  const { builder, type, makesPanel } = context
  const channels = channelsOf(type)
  const first = requireTensor(node, context, 'first')
  if (first.dtype !== 'bit') throw new GraphError({ node: node.name, what: `Node '${node.name}' needs bits as its 'first'.` })
  const steps = requireTensor(node, context, 'thresholds').shape[1]
  const integers = inputType === 'int32'
  const table = builder.constant(layOutThresholds(floatTensor(node, context, 'thresholds'), steps, channels, integers))
  const signs = builder.constant(layOutFirst(first.data, first.shape[0], channels))
  const kernelOf = (kernel: KernelName, rowBytes: number, ...more: Argument[]): PreparedThreshold => ({
    kernel,
    step: (input, output, from, rows) =>
      builder.call(kernel, input, offsetBy(output, from * rowBytes), rows, channels, table, ...more),
  })
  if (makesPanel) {
    const rowBytes = panelRowBytes(channels / 4)
    return kernelOf('thresholdPairs', rowBytes / 2, signs, rowBytes)
  }
  if (!integers && isPlain(steps, channels)) return kernelOf('thresholdOnce', bitRowBytes(channels), signs)
  return kernelOf(integers ? 'thresholdAccumulators' : 'threshold', bitRowBytes(channels), steps, signs)
}

/** What packs the counts of the table kernel without a stop at accumulators, or undefined where that kernel does not fit. */
export function countLimits(node: NodeOf<'threshold'>, context: LoweringContext): { limits: Buffer; first: Buffer } | undefined {
  const { builder, type } = context
  const channels = channelsOf(type)
  const first = requireTensor(node, context, 'first')
  const steps = requireTensor(node, context, 'thresholds').shape[1]
  if (!isPlain(steps, channels) || first.dtype !== 'bit') return undefined
  return {
    limits: builder.constant(layOutLimits(floatTensor(node, context, 'thresholds'), channels)),
    first: builder.constant(layOutFirst(first.data, first.shape[0], channels)),
  }
}

/** Numbers to packed bits. */
export const threshold: Lowering<'threshold'> = (node, context) => {
  const [input] = context.inputs
  const { kernel, step } = prepareThreshold(node, context, input.dtype)
  const buffer = outputBuffer(context)
  const channels = channelsOf(context.type)
  context.builder.split(rowsOf(context.type), 4, Math.ceil(LEAST_VALUES / channels), (from, to) =>
    step(offsetBy(input.buffer, 4 * from * channels), buffer, from, to - from),
  )
  return { buffer, kernel }
}
