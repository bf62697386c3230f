/** Every case in under 50 seconds: a line each for people, or with `--json` one line of JSON at the end. */
import { engine, relaxed, tf, useTensorFlowWasm } from './harness.ts'
import { caseName, compareLayer, SHAPES } from './layer-case.ts'
import { compareNetwork, type NetworkResult } from './network-case.ts'

interface Row {
  readonly case: string
  readonly oursMs: number
  readonly peer: string
  readonly peerMs: number
  /** Peer's time / ours, or null where the output is not what it should be. */
  readonly ratio: number | null
  readonly verified: boolean
}

const json = process.argv.includes('--json')
const rows: Row[] = []

function report(name: string, peer: string, { ours, theirs, ratio, verified }: NetworkResult): void {
  rows.push({ case: name, oursMs: ours, peer, peerMs: theirs, ratio: verified ? ratio : null, verified })
  const compared = verified ? `${ratio.toFixed(1)} times ${peer}` : 'NOT VERIFIED, so not compared'
  if (!json) console.log(`${name}: ${ours.toFixed(2)} ms, ${compared}`)
}

await useTensorFlowWasm()
const peer = `tfjs-wasm ${tf.version_core} float32`
for (const [kernel, packed] of [
  [3, false],
  [3, true],
  [1, false],
] as const) {
  for (const [size, channels] of SHAPES) {
    const layer = { kernel, size, channels, packed }
    report(caseName(layer), peer, await compareLayer(layer, 15))
  }
}
const { oneThread, twoThreads } = await compareNetwork(9)
report('Real-to-Binary ResNet-18 at 224', `${peer} ResNet-18`, oneThread)
report('Real-to-Binary ResNet-18 at 224, 2 threads', 'kernels-wasm, 1 thread', twoThreads)
const flags = [...process.execArgv, relaxed ? 'relaxed SIMD' : 'strict SIMD', '1 thread where not stated']
if (json) console.log(JSON.stringify({ engine: `Node ${engine.node}, V8 ${engine.v8}`, flags, rows }))
