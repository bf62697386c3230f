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
  readonly x: readonly (string | number)[]
  readonly series: readonly Series[]
  /** Lowest value of the y axis. Default: chosen from the data. */
  readonly minimum?: number
}

const WIDTH = 560
const HEIGHT = 300
/** A page without scripts cannot scroll a legend, so it takes as many rows as it needs. */
const LEGEND_COLUMNS = 3
const LEGEND_ROW = 18

function render(width: number, height: number, option: echarts.EChartsCoreOption): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({ animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' }, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

export function lineChart({ title, xLabel, yLabel, x, series, minimum }: ChartOptions): string {
  const legendHeight = series.length > 1 ? Math.ceil(series.length / LEGEND_COLUMNS) * LEGEND_ROW : 0
  return render(WIDTH, HEIGHT + legendHeight, {
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    legend: {
      show: series.length > 1,
      bottom: 0,
      itemWidth: 14,
      textStyle: { fontSize: 10 },
      data: series.map(({ name }) => name),
    },
    grid: { left: 16, right: 24, top: 52, bottom: 36 + legendHeight, containLabel: true },
    xAxis: { type: 'category', name: xLabel, nameLocation: 'middle', nameGap: 24, data: [...x] },
    yAxis: { type: 'value', name: yLabel, scale: minimum === undefined, min: minimum },
    series: series.map(({ name, values }) => ({
      name,
      type: 'line',
      data: values.map((value) => value ?? '-'),
      symbolSize: 6,
      showSymbol: values.length < 50,
    })),
  })
}

/** A small bar chart without a legend. */
export function barChart({ title, x, values }: { title: string; x: readonly string[]; values: readonly number[] }): string {
  return render(WIDTH / 2, HEIGHT / 2, {
    title: { text: title, left: 'center', textStyle: { fontSize: 11 } },
    grid: { left: 8, right: 12, top: 28, bottom: 8, containLabel: true },
    xAxis: { type: 'category', data: [...x], axisLabel: { fontSize: 9 } },
    yAxis: { type: 'value', axisLabel: { fontSize: 9 }, splitNumber: 3 },
    series: [{ type: 'bar', data: [...values], barCategoryGap: '8%' }],
  })
}
