/** Line charts as SVG text, drawn by ECharts without a browser. */
import * as echarts from 'echarts'

export interface Series {
  readonly name: string
  readonly values: readonly number[]
}

export interface ChartOptions {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly x: readonly (string | number)[]
  readonly series: readonly Series[]
  /** Lowest value of the y axis. Default: chosen from the data. */
  readonly minimum?: number
}

const WIDTH = 560
const HEIGHT = 300

export function lineChart({ title, xLabel, yLabel, x, series, minimum }: ChartOptions): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  chart.setOption({
    animation: false,
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    legend: {
      show: series.length > 1,
      bottom: 0,
      itemWidth: 14,
      textStyle: { fontSize: 10 },
      data: series.map(({ name }) => name),
    },
    grid: { left: 16, right: 24, top: 52, bottom: 56, containLabel: true },
    xAxis: { type: 'category', name: xLabel, nameLocation: 'middle', nameGap: 24, data: [...x] },
    yAxis: { type: 'value', name: yLabel, scale: minimum === undefined, min: minimum },
    series: series.map(({ name, values }) => ({
      name,
      type: 'line',
      data: [...values],
      symbolSize: 6,
      showSymbol: values.length < 50,
    })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
