/** The benchmark itself: rivals compute the same, every ratio has verified answers, and committed plots match the results. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeOnnx, graphToOnnx, type OnnxModel } from '@onebit/onnx'
import * as onnxruntime from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testTables } from '../../../test/generated-tables.ts'
import { RandomGraph } from '../bench/float/random-graph.ts'
import { channelsFirst, randomFloats, relativeError } from '../bench/harness.ts'
import { allPeers } from '../bench/peers/all-peers.ts'
import { loadPeers } from '../bench/peers/peer.ts'
import { activationRanges, quantizeOnnx } from '../bench/peers/quantize-onnx.ts'
import { type KernelResults, mergeProcesses, type ProcessResult } from '../bench/results/kernel-results.ts'
import { renderResults } from '../bench/results/render.ts'
import { SUMMARY, speedTable, summaryTable } from '../bench/results/summary.ts'

/** A small network with every kind of layer of the rival networks. */
function smallNetwork() {
  const net = new RandomGraph()
  const { builder } = net
  const stem = net.relu(net.convolution(builder.input('image', [16, 16, 3]), { kernel: 3, outputs: 16, stride: 2 }))
  const pooled = builder.node('maxPool', { inputs: [stem], attributes: { size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] } })
  const wide = net.relu6(net.convolution(pooled, { kernel: 1, outputs: 32 }))
  const filtered = net.relu6(net.convolution(wide, { kernel: 3, outputs: 32, depthwise: true }))
  const sum = net.relu(net.add(net.convolution(filtered, { kernel: 1, outputs: 16 }), pooled))
  builder.output('y', net.head(sum, 10))
  return builder.build()
}

describe('rivals', () => {
  const graph = smallNetwork()
  const image = randomFloats(16 * 16 * 3)

  it('compute what we compute', async () => {
    const peers = await loadPeers(await allPeers(), graph, image)
    expect(peers.map(({ name, verified }) => [name.replace(/ [\d.]+ /, ' '), verified])).toEqual([
      ['tfjs-wasm float32', true],
      ['onnxruntime-node float32', true],
      ['onnxruntime-node int8', true],
      ['onnxruntime-web float32', true],
      ['onnxruntime-web int8', true],
    ])
    for (const { dispose } of peers) dispose()
  })

  it('are refused if they compute something else', async () => {
    const [peer] = await allPeers()
    const wrong = {
      ...peer,
      load: () =>
        peer.load(
          graph,
          image.map((value) => value * 1.001),
        ),
    }
    const [{ verified }] = await loadPeers([wrong], graph, image)
    expect(verified).toBe(false)
  })
})

describe('quantizeOnnx', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebit-onnx-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Number of nodes of each operator in the optimized file. An operator's name is field 4 of a node. */
  async function optimizedOperators(model: OnnxModel, operators: readonly string[]): Promise<Record<string, number>> {
    const optimizedModelFilePath = join(folder, 'optimized.onnx')
    await onnxruntime.InferenceSession.create(encodeOnnx(model), { optimizedModelFilePath, graphOptimizationLevel: 'extended' })
    const text = await readFile(optimizedModelFilePath, 'latin1')
    const count = (operator: string): number => text.split(`"${String.fromCharCode(operator.length)}${operator}`).length - 1
    return Object.fromEntries(operators.map((operator) => [operator, count(operator)]))
  }

  it('leaves nothing in float but the ends', async () => {
    const graph = smallNetwork()
    const model = graphToOnnx(graph, { layout: 'channels-first' })
    const everything = { ...model, outputs: model.nodes.map(({ outputs: [name] }) => ({ name })) }
    const session = await onnxruntime.InferenceSession.create(encodeOnnx(everything))
    const image = channelsFirst(randomFloats(16 * 16 * 3), 3)
    const results = await session.run({ image: new onnxruntime.Tensor('float32', image, [1, 3, 16, 16]) })
    const values = Object.entries(results).map(([name, { data }]) => [name, data as Float32Array] as const)
    const ranges = await activationRanges(
      (async function* () {
        yield { image, ...Object.fromEntries(values) }
      })(),
    )
    const operators = ['QLinearConv', 'QLinearAdd', 'QGemm', 'Conv', 'Gemm', 'Relu', 'Clip', 'QuantizeLinear', 'DequantizeLinear']
    expect(await optimizedOperators(quantizeOnnx(model, ranges), operators)).toEqual({
      QLinearConv: 4,
      QLinearAdd: 1,
      QGemm: 1,
      Conv: 0,
      Gemm: 0,
      Relu: 0,
      Clip: 0,
      QuantizeLinear: 1,
      DequantizeLinear: 0,
    })
  })
})

const resultsFolder = new URL('../../../bench/results/', import.meta.url)
const committed: KernelResults = JSON.parse(await readFile(new URL('kernels.json', resultsFolder), 'utf8'))

describe('results', () => {
  const row = { case: 'layer', oursMs: 1, peer: 'rival', peerMs: 10, ratio: 10, verified: true }
  const process = (changes: Partial<typeof row>): ProcessResult => ({
    engine: 'Node v20.0.0, V8 1',
    flags: ['strict SIMD'],
    load: 1,
    rows: [{ ...row, ...changes }],
  })

  it('are medians over processes', () => {
    const { rows } = mergeProcesses([
      [process({ ratio: 9, oursMs: 3 }), process({ ratio: 12 }), process({ ratio: 11, oursMs: 2 })],
    ])
    expect(rows[0]).toMatchObject({ ratio: 11, ratios: [9, 12, 11], oursMs: 2, verified: true })
  })

  it('have no ratio where one process was not verified', () => {
    const unverified = { ...process({ verified: false }), rows: [{ ...row, ratio: null, verified: false }] }
    const { rows } = mergeProcesses([[process({}), unverified, process({})]])
    expect(rows[0]).toMatchObject({ ratio: null, verified: false })
  })

  it('say nothing in short of a row that was not verified', () => {
    const [{ ratio }] = SUMMARY
    const layers = [3, 1, 2, 4].map((times) => ({ ...row, case: '3x3 full layer', peer: 'tfjs-wasm', ratio: times, ratios: [] }))
    const table = mergeProcesses([[process({})]])
    expect(ratio({ ...table, rows: layers })).toBe(2.5)
    expect(ratio({ ...table, rows: [...layers, { ...layers[0], ratio: null, verified: false }] })).toBeNull()
    expect(ratio(table)).toBeNull()
  })

  it('are drawn as they are committed', async () => {
    for (const [name, content] of Object.entries(renderResults(committed)))
      expect(await readFile(new URL(name, resultsFolder), 'utf8'), `${name}: npm run bench -- kernels table --render`).toBe(
        content,
      )
  })

  testTables(new URL('../../../docs/kernels.md', import.meta.url), { kernels: summaryTable(committed.tables) })
  testTables(new URL('../../../README.md', import.meta.url), { speed: speedTable(committed.tables) })
})

it('measures errors relative to what is expected', () => {
  expect(relativeError([1, 2], [1, 2])).toBe(0)
  expect(relativeError([3, 4.5], [3, 4])).toBeCloseTo(0.1)
  expect(relativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY)
  expect(relativeError([Number.NaN], [1]) <= 1).toBe(false)
})
