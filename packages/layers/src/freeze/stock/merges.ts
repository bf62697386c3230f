/** Layers that combine values element by element, with broadcasting. */
import { floatTensor } from '../float-tensor.ts'
import type { ToGraphContext } from '../to-graph.ts'
import type { StockLayer } from './stock-layer.ts'

/** Chains an op with two inputs over a list of inputs. */
function fold(op: 'add' | 'multiply', { builder, name, inputs }: ToGraphContext): string {
  return inputs.reduce((result, input, index) => {
    const isLast = index === inputs.length - 1
    return builder.node(op, { name: isLast ? name : `${name}.${index}`, inputs: [result, input] })
  })
}

const average: StockLayer = {
  options: [],
  emit: (context) => {
    const { builder, name, inputs } = context
    const sum = fold('add', { ...context, name: `${name}.sum` })
    const tensors = { scale: floatTensor([1 / inputs.length]), shift: floatTensor([0]) }
    return builder.node('affine', { name, inputs: [sum], tensors })
  },
}

export const mergeLayers: Readonly<Record<string, StockLayer>> = {
  Add: { options: [], emit: (context) => fold('add', context) },
  Multiply: { options: [], emit: (context) => fold('multiply', context) },
  Average: average,
}
