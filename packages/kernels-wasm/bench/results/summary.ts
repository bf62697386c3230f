/** Summary lines. Each condenses several rows of the results into one number. The table of them stands in docs/kernels.md too. */
import { type Row, table } from '../../../../test/markdown-table.ts'
import { engineName, type ResultTable } from './kernel-results.ts'

export interface SummaryLine {
  readonly what: string
  /** The ratio to reach, on Node 20 in strict SIMD and on Node 24 in relaxed SIMD. */
  readonly target?: string
  /** Null if a row is missing or not verified. */
  ratio(table: ResultTable): number | null
}

type Choose = (ratios: readonly number[]) => number

const smallest: Choose = (ratios) => Math.min(...ratios)
const middle: Choose = (ratios) => {
  const sorted = [...ratios].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function line(what: string, name: RegExp, peer: RegExp, choose: Choose, target?: string): SummaryLine {
  return {
    what,
    target,
    ratio({ rows }) {
      const ratios = rows.filter((row) => name.test(row.case) && peer.test(row.peer)).map(({ ratio }) => ratio)
      return ratios.length === 0 || ratios.includes(null) ? null : choose(ratios as number[])
    },
  }
}

const NETWORK = /^Real-to-Binary ResNet-18 at 224, against/
const INTEGER_STEM = /^Real-to-Binary ResNet-18, int8 stem, against/

export const SUMMARY: readonly SummaryLine[] = [
  line('full 3x3 layer, median of four shapes, against tfjs-wasm', /^3x3 .*full/, /^tfjs/, middle, '15 / 21'),
  line('full 3x3 layer, worst of four shapes', /^3x3 .*full/, /^tfjs/, smallest, '12.5 / 17'),
  line('packed 3x3 layer, median of four shapes', /^3x3 .*packed/, /^tfjs/, middle, '17 / 24'),
  line('full 1x1 layer, 28x28x128', /^1x1 28x.*full/, /^tfjs/, middle, '11 / 16'),
  line('full 1x1 layer, 14x14x256', /^1x1 14x.*full/, /^tfjs/, middle, '11 / 16'),
  line('full 1x1 layer, 7x7x512', /^1x1 7x.*full/, /^tfjs/, middle, '11 / 16'),
  line('Real-to-Binary ResNet-18 against float ResNet-18, tfjs-wasm', NETWORK, /^tfjs/, middle, '7 / 9'),
  line('the same, onnxruntime-web float32', NETWORK, /^onnxruntime-web .*float32/, middle),
  line('the same, onnxruntime-web int8', NETWORK, /^onnxruntime-web .*int8/, middle, '4 / 5'),
  line('the same, onnxruntime-node float32', NETWORK, /^onnxruntime-node .*float32/, middle, '1.8 / 2.3'),
  line('the same, onnxruntime-node int8', NETWORK, /^onnxruntime-node .*int8/, middle, 'above 1'),
  line('with an int8 stem, tfjs-wasm', INTEGER_STEM, /^tfjs/, middle),
  line('with an int8 stem, onnxruntime-node float32', INTEGER_STEM, /^onnxruntime-node .*float32/, middle),
  line('with an int8 stem, onnxruntime-node int8', INTEGER_STEM, /^onnxruntime-node .*int8/, middle),
  line('ReActNet-A against float MobileNetV2, tfjs-wasm', /^ReActNet-A/, /^tfjs/, middle),
  line('BNext-T against float MobileNetV2, tfjs-wasm', /^BNext-T/, /^tfjs/, middle),
  line('QuickNet against float MobileNetV2, tfjs-wasm', /^QuickNet/, /^tfjs/, middle),
  line('Real-to-Binary ResNet-18, two threads against one', /2 threads$/, /./, middle, '1.7'),
]

/** The lines as a Markdown table, a column per engine. */
export function summaryTable(tables: readonly ResultTable[]): string {
  const format = (ratio: number | null): string => (ratio === null ? 'not verified' : ratio.toFixed(2))
  const rows = SUMMARY.map(({ what, target = '', ratio }): Row => [what, ...tables.map((each) => format(ratio(each))), target])
  return table(['times the speed', ...tables.map(engineName), 'target'], rows)
}

/** Rivals of the README, in its words. */
const RIVALS: readonly (readonly [what: string, peer: RegExp])[] = [
  ['TensorFlow.js WebAssembly, float32', /^tfjs/],
  ['onnxruntime-web, int8', /^onnxruntime-web .*int8/],
  ['onnxruntime-node, float32, native AVX-512', /^onnxruntime-node .*float32/],
  ['onnxruntime-node, int8, native VNNI', /^onnxruntime-node .*int8/],
]

/** The speed of the README: a row per rival, a column per engine with a real stem, and one with an int8 stem. */
export function speedTable(tables: readonly ResultTable[]): string {
  const columns = [NETWORK, INTEGER_STEM].flatMap((name) => tables.map((results) => ({ name, results })))
  const times = (ratio: number | null): string => (ratio === null ? 'not verified' : `${ratio.toFixed(ratio < 1 ? 2 : 1)}x`)
  const engines = tables.map(engineName)
  const head = ['float ResNet-18 on', ...engines, ...engines.map((engine) => engine.replace(/, .*/, ', int8 stem'))]
  const rows = RIVALS.map(([what, peer]) => [
    what,
    ...columns.map(({ name, results }) => times(line(what, name, peer, middle).ratio(results))),
  ])
  return table(head, rows)
}
