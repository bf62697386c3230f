/** Summary lines. Each condenses several rows of the results into one number. */
import type { ResultTable } from './kernel-results.ts'

export interface SummaryLine {
  readonly what: string
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

const NETWORK = /^Real-to-Binary ResNet-18 at 224, against/

function line(what: string, name: RegExp, peer: RegExp, choose: Choose): SummaryLine {
  return {
    what,
    ratio({ rows }) {
      const ratios = rows.filter((row) => name.test(row.case) && peer.test(row.peer)).map(({ ratio }) => ratio)
      return ratios.length === 0 || ratios.includes(null) ? null : choose(ratios as number[])
    },
  }
}

export const SUMMARY: readonly SummaryLine[] = [
  line('full 3x3 layer, median of four shapes, against tfjs-wasm', /^3x3 .*full/, /^tfjs/, middle),
  line('full 3x3 layer, worst of four shapes', /^3x3 .*full/, /^tfjs/, smallest),
  line('packed 3x3 layer, median of four shapes', /^3x3 .*packed/, /^tfjs/, middle),
  line('full 1x1 layer, median of the three from 128 channels', /^1x1 (28|14|7)x.*full/, /^tfjs/, middle),
  line('Real-to-Binary ResNet-18 against float ResNet-18, tfjs-wasm', NETWORK, /^tfjs/, middle),
  line('the same, onnxruntime-web float32', NETWORK, /^onnxruntime-web .*float32/, middle),
  line('the same, onnxruntime-web int8', NETWORK, /^onnxruntime-web .*int8/, middle),
  line('the same, onnxruntime-node float32', NETWORK, /^onnxruntime-node .*float32/, middle),
  line('the same, onnxruntime-node int8', NETWORK, /^onnxruntime-node .*int8/, middle),
  line('ReActNet-A against float MobileNetV2, tfjs-wasm', /^ReActNet-A/, /^tfjs/, middle),
  line('QuickNet against float MobileNetV2, tfjs-wasm', /^QuickNet/, /^tfjs/, middle),
  line('Real-to-Binary ResNet-18, two threads against one', /2 threads$/, /./, middle),
]
