/** Turns numbers into packed bits. */
import { type DataType, GraphError, type NodeOf } from '@onebit/core'
import { layOutFirst, layOutThresholds } from '@onebit/core/compile'
import type { KernelName } from '../loading/kernels.ts'
import { type Argument, type Buffer, offsetBy } from '../program/buffer.ts'
import { bitRowBytes, channelsOf, rowsOf } from '../program/value.ts'
import { isPlain, layOutLimits } from '../weights/plain-thresholds.ts'
import { panelRowBytes } from '../weights/table-weights.ts'
import { floatTensor, type Lowering, type LoweringScope, outputBuffer, requireTensor } from './lowering.ts'

/** Fewer values are not worth a task. */
const LEAST_VALUES = 4096
/** Channels that the kernels take at a time. */
const LANES = 8

export interface PreparedThreshold {
  readonly kernel: string
  /** Adds the step that packs `rows` rows at `input` into the node's value at `output`, from row `from` on. */
  step(input: Argument, output: Buffer, from: number, rows: number): void
}

/** Lays out the thresholds and chooses the kernel. For accumulators, thresholds become integers, so no accumulator is rounded. */
export function prepareThreshold(node: NodeOf<'threshold'>, context: LoweringScope, inputType: DataType): PreparedThreshold {
  const { builder, type, makesPanel } = context
  const channels = channelsOf(type)
  const first = requireTensor(node, context, 'first')
  if (first.dtype !== 'bit') throw new GraphError({ node: node.name, what: `Node '${node.name}' needs bits as its 'first'.` })
  const steps = requireTensor(node, context, 'thresholds').shape[1]
  const integers = inputType === 'int32'
  const layout = { steps, channels, integers, lanes: LANES }
  const table = builder.constant(layOutThresholds(floatTensor(node, context, 'thresholds'), layout))
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

/** Constants of the kernel that packs counts directly, without accumulators. Undefined if that kernel does not fit. */
export function countLimits(node: NodeOf<'threshold'>, context: LoweringScope): { limits: Buffer; first: Buffer } | undefined {
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
