/** Binary layers against TensorFlow.js, one line of JSON per shape: see layer-case.ts. */
import { engine, useTensorFlowWasm } from './harness.ts'
import { caseName, compareLayer, SHAPES } from './layer-case.ts'

await useTensorFlowWasm()
for (const kernel of [3, 1] as const) {
  for (const packed of [false, true]) {
    for (const [size, channels] of SHAPES) {
      const layer = { kernel, size, channels, packed }
      const result = await compareLayer(layer)
      if (!result.verified) throw new Error(`${caseName(layer)} computes something else.`)
      console.log(JSON.stringify({ case: caseName(layer), ...result, ...engine }))
    }
  }
}
