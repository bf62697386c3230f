/**
 * Real ops against TensorFlow.js's WASM backend (XNNPACK) on the same shape and values. One line of JSON a case. With a word after
 * `float`, only the cases whose name holds it: `node packages/kernels-wasm/bench/run.mjs float resize`.
 */
import { reference } from '@onebit/core'
import { FLOAT_CASES } from './float-cases.ts'
import { bind, compare, engine, maximumDifference, same, tf, useTensorFlowWasm } from './harness.ts'

/** Float64 against float32, and other orders of summing, on values of about 1. */
const TOLERANCE = 1e-3

const word = process.argv.slice(3).find((argument) => !argument.startsWith('-')) ?? ''

await useTensorFlowWasm()
for (const makeCase of FLOAT_CASES) {
  tf.engine().startScope()
  const { name, graph, input, theirs } = makeCase()
  if (name.includes(word)) {
    const layer = await bind(graph)
    layer.write('x', input)
    layer.run()
    const ours = layer.read('y')
    const { y: expected } = await (await reference.compile(graph)).run({ x: input })
    const difference = maximumDifference(
      ours,
      tf.tidy(() => theirs().dataSync()),
    )
    const verified = same(ours, expected) && difference < TOLERANCE
    const compared = await compare(
      () => layer.run(),
      () => theirs().dispose(),
      9,
    )
    const { ours: oursMs, theirs: peerMs, ratio } = compared
    console.log(JSON.stringify({ case: name, ratio: verified ? ratio : null, oursMs, peerMs, difference, verified, ...engine }))
  }
  tf.engine().endScope()
}
