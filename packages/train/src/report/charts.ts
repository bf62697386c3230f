/** Charts as SVG text, drawn by ECharts without a browser. */
import * as echarts from 'echarts'

export interface Series {
  readonly name: string
  readonly values: readonly (number | undefined)[]
}

export interface ChartOptions {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly x: readonly number[]
  /** Whether x runs on like steps do, from 0, or is counted like epochs. Default: counted. */
  readonly runsOn?: boolean
  readonly series: readonly Series[]
  /** Lowest value of the y axis. Default: chosen from the data. */
  readonly minimum?: number
}

const WIDTH = 560
const HEIGHT = 300
const LEGEND_ROW = 18
const LEGEND_MARK = 14

function render(width: number, height: number, option: echarts.EChartsCoreOption): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({ animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' }, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

/** Room for a reader's font that is wider than the one that names are measured with. */
const roomBehind = (name: string): string => '\u00a0'.repeat(Math.ceil(name.length / 4))

/** A page without scripts cannot scroll a legend, so it takes as many rows as it needs. */
function legendOf(names: readonly string[]): { height: number; option: object } {
  const longest = Math.max(0, ...names.map((name) => (name + roomBehind(name)).length))
  const columns = Math.max(1, Math.floor(WIDTH / (LEGEND_MARK + 6 * longest)))
  const formatter = (name: string): string => name + roomBehind(name)
  const show = names.length > 1
  return {
    height: show ? Math.ceil(names.length / columns) * LEGEND_ROW : 0,
    option: { show, bottom: 0, itemWidth: LEGEND_MARK, textStyle: { fontSize: 10 }, formatter, data: [...names] },
  }
}

export function lineChart({ title, xLabel, yLabel, x, runsOn = false, series, minimum }: ChartOptions): string {
  const { height: legendHeight, option: legend } = legendOf(series.map(({ name }) => name))
  const xScale = runsOn ? { type: 'value', max: 'dataMax', splitLine: { show: false } } : { type: 'category', data: [...x] }
  return render(WIDTH, HEIGHT + legendHeight, {
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    legend,
    grid: { left: 16, right: 24, top: 52, bottom: 36 + legendHeight, containLabel: true },
    xAxis: { ...xScale, name: xLabel, nameLocation: 'middle', nameGap: 24 },
    yAxis: { type: 'value', name: yLabel, scale: minimum === undefined, min: minimum },
    series: series.map(({ name, values }) => ({
      name,
      type: 'line',
      data: values.map((value = Number.NaN, index) => (runsOn ? [x[index], value] : value)),
      symbolSize: 6,
      showSymbol: values.length < 50,
    })),
  })
}

/** A small bar chart without a legend. */
export function barChart({ title, x, values }: { title: string; x: readonly string[]; values: readonly number[] }): string {
  return render(WIDTH / 2, HEIGHT / 2, {
    title: { text: title, left: 'center', top: 0, textStyle: { fontSize: 11 } },
    grid: { left: 8, right: 12, top: 32, bottom: 8, containLabel: true },
    xAxis: { type: 'category', data: [...x], axisLabel: { fontSize: 9 } },
    yAxis: { type: 'value', axisLabel: { fontSize: 9 }, splitNumber: 3 },
    series: [{ type: 'bar', data: [...values], barCategoryGap: '8%' }],
  })
}
