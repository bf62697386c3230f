/** Plots of the results, drawn by ECharts without a browser. */
import * as echarts from 'echarts'
import { engineName, type KernelResults, type ResultTable } from './kernel-results.ts'
import { PUBLISHED_ACCURACIES } from './published-accuracies.ts'

const COLORS = ['#4e79a7', '#f28e2b', '#59a14f', '#b07aa1']
/** Ours comes first. */
const RUNTIMES = ['kernels-wasm', 'tfjs-wasm', 'onnxruntime-web', 'onnxruntime-node']
const LEGEND = { bottom: 5, itemGap: 40, textStyle: { width: 170, overflow: 'truncate' } }
const TEXT = { color: '#333', fontFamily: 'sans-serif', fontSize: 12 }

function draw(width: number, height: number, option: echarts.EChartsCoreOption): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({ animation: false, backgroundColor: '#fff', textStyle: TEXT, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  // ECharts numbers charts within a process. Without the numbers, the same results give the same bytes.
  return `${svg.replaceAll(/zr\d+-/g, 'zr-')}\n`
}

/** Speed relative to TensorFlow.js, case by case, with a bar per engine. */
export function plotRatios({ tables }: KernelResults): string {
  const rows = tables[0].rows.filter(({ peer }) => peer.startsWith('tfjs-wasm')).filter(({ case: name }) => /^\d|Real/.test(name))
  const cases = rows.map((row) => row.case.replace(', against float ResNet-18', ''))
  const series = tables.map((table, index) => ({
    name: engineName(table),
    type: 'bar',
    color: COLORS[index],
    label: { show: true, position: 'right', fontSize: 10, formatter: ({ value }: { value: number }) => value.toFixed(1) },
    data: rows.map((row) => table.rows.find((other) => other.case === row.case && other.peer === row.peer)?.ratio ?? 0),
  }))
  return draw(860, 70 + 40 * cases.length, {
    title: { text: `Times the speed of float32 on ${rows[0].peer.replace(' float32', '')}, one thread`, left: 'center' },
    legend: LEGEND,
    grid: { left: 230, right: 50, top: 40, bottom: 50 },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', inverse: true, data: cases },
    series,
  })
}

interface Point {
  readonly network: string
  readonly runtime: string
  readonly milliseconds: number
  readonly top1: number
}

/** One point per network and runtime, for networks that are both timed and published. */
function accuracyPoints({ rows }: ResultTable): Point[] {
  return PUBLISHED_ACCURACIES.flatMap(({ network, top1 }): Point[] => {
    const own = rows.find(({ case: name, verified }) => verified && name.startsWith(`${network} at 224, against`))
    if (own) return [{ network, runtime: RUNTIMES[0], milliseconds: own.oursMs, top1 }]
    const rivals = rows.filter(({ case: name, verified }) => verified && name.endsWith(`against ${network}`))
    const times = new Map(rivals.filter(({ peer }) => peer.endsWith('float32')).map((row) => [row.peer, row.peerMs]))
    return [...times].map(([peer, milliseconds]) => ({ network, runtime: peer.split(' ')[0], milliseconds, top1 }))
  })
}

/** The points of a runtime. Only the fastest of each network has a label, because the others lie on a line with it. */
function accuracySeries(points: readonly Point[], runtime: string, panel: number): object {
  const ours = runtime === RUNTIMES[0]
  const isFastest = ({ network, milliseconds }: Point): boolean =>
    points.every((other) => other.network !== network || other.milliseconds >= milliseconds)
  const data = points
    .filter((point) => point.runtime === runtime)
    .map((point) => ({ name: point.network, value: [point.milliseconds, point.top1], label: { show: isFastest(point) } }))
  return {
    name: runtime,
    type: 'scatter',
    color: COLORS[RUNTIMES.indexOf(runtime)],
    xAxisIndex: panel,
    yAxisIndex: panel,
    symbol: ours ? 'circle' : 'diamond',
    symbolSize: 13,
    label: { position: ours ? 'bottom' : 'top', fontSize: 11, formatter: '{b}' },
    data,
  }
}

/** Milliseconds per image against published accuracy, with a panel per engine. */
export function plotLatencyAgainstAccuracy({ tables }: KernelResults): string {
  const share = 100 / tables.length
  const titles = tables.map((table, panel) => ({
    text: engineName(table),
    left: `${share * (panel + 0.5)}%`,
    textAlign: 'center',
    top: 32,
    textStyle: { fontSize: 13 },
  }))
  const times = tables.flatMap(accuracyPoints).map(({ milliseconds }) => milliseconds)
  const [min, max] = [Math.min(...times) / 1.5, Math.max(...times) * 1.5].map((end) => Number(end.toPrecision(1)))
  const time = { type: 'log', min, max, name: 'milliseconds an image', nameLocation: 'middle', nameGap: 25 }
  const accuracy = { type: 'value', min: 56, max: 74, interval: 3, name: 'top-1, %' }
  return draw(1100, 480, {
    title: [
      { text: 'Time of one image and published ImageNet accuracy, 224 x 224, one thread', left: 'center', top: 2 },
      ...titles,
    ],
    legend: { ...LEGEND, data: RUNTIMES },
    grid: tables.map((_, panel) => ({ left: `${share * panel + 6}%`, width: `${share - 9}%`, top: 70, bottom: 80 })),
    xAxis: tables.map((_, gridIndex) => ({ ...time, gridIndex })),
    yAxis: tables.map((_, gridIndex) => ({ ...accuracy, gridIndex })),
    series: tables.flatMap((table, panel) => {
      const points = accuracyPoints(table)
      return RUNTIMES.map((runtime) => accuracySeries(points, runtime, panel))
    }),
  })
}
