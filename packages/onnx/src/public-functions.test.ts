/** Gives garbage to the export to ONNX: see `test/public-functions.ts`. */
import { GraphBuilder } from '@onebit/core'
import { testPublicFunctions } from '../../../test/public-functions.ts'
import * as onnx from './index.ts'

const builder = new GraphBuilder()
const weights = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const
builder.output('y', builder.node('dense', { inputs: [builder.input('x', [2])], tensors: { weights } }))
const graph = builder.build()

testPublicFunctions(onnx, {
  graphToOnnx: { good: [graph, { layout: 'channels-last' }], options: [1] },
  encodeOnnx: [onnx.graphToOnnx(graph)],
})
