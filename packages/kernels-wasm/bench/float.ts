/** Compares every real operation of graphs with TensorFlow.js's WASM backend (XNNPACK) on the same shapes. */
import { compareOperation } from './float/compare-operation.ts'
import { convolutionCases } from './float/convolution-cases.ts'
import { pointwiseCases } from './float/pointwise-cases.ts'
import { spatialCases } from './float/spatial-cases.ts'
import { tfjsWasm } from './peers/tfjs.ts'
import { finish } from './report.ts'

const { name: peer } = await tfjsWasm()
for (const operation of [...convolutionCases(), ...spatialCases(), ...pointwiseCases()]) await compareOperation(peer, operation)
finish()
