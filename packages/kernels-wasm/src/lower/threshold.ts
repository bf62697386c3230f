import { GraphError } from '@onebit/core'
import { channelsOf, rowsOf } from '../program/value.ts'
import { layOutFirst, layOutThresholds } from '../weights/thresholds.ts'
import { floatTensor, type Lowering, outputBuffer, requireTensor } from './context.ts'

/** Numbers to packed bits. On accumulators the thresholds become integers, so no accumulator is ever rounded. */
export const threshold: Lowering<'threshold'> = (node, context) => {
  const { builder, inputs, type } = context
  const channels = channelsOf(type)
  const first = requireTensor(node, context, 'first')
  if (first.dtype !== 'bit') throw new GraphError({ node: node.name, what: `Node '${node.name}' needs bits as its 'first'.` })
  const steps = requireTensor(node, context, 'thresholds').shape[1]
  const integers = inputs[0].dtype === 'int32'
  const kernel = integers ? 'thresholdAccumulators' : 'threshold'
  const table = builder.constant(layOutThresholds(floatTensor(node, context, 'thresholds'), steps, channels, integers))
  const signs = builder.constant(layOutFirst(first.data, first.shape[0], channels))
  const buffer = outputBuffer(context)
  if (!integers && steps === 1 && channels % 16 === 0) {
    builder.call('thresholdOnce', inputs[0].buffer, buffer, rowsOf(type), channels, table, signs)
    return { buffer, kernel: 'thresholdOnce' }
  }
  builder.call(kernel, inputs[0].buffer, buffer, rowsOf(type), channels, table, steps, signs)
  return { buffer, kernel }
}
