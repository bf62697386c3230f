/**
 * Charts as SVG text, drawn by ECharts without a browser. They are as wide as a phone, where their text is as large as the text
 * around them.
 */
import * as echarts from 'echarts'
import { escapeHtml } from './html.ts'
import { COLORS, type LineLook, lineLook } from './palette.ts'
import type { Linked } from './tables.ts'

export interface Series {
  readonly name: string
  readonly values: readonly (number | undefined)[]
}

export interface Caption {
  readonly title: string
  /** Says what the chart shows and how to read it. */
  readonly explanation: string
  readonly linked: Linked
}

export interface LineChart extends Caption {
  readonly xLabel: string
  /** Unit of the values, or empty. */
  readonly unit: string
  readonly x: readonly (number | string)[]
  /** If true, x is continuous from 0, like steps. If false, x is counted, like epochs. Default: false. */
  readonly runsOn?: boolean
  readonly series: readonly Series[]
  /** Lowest value of the y axis. Default: chosen from the data. */
  readonly minimum?: number
}

const WIDTH = 380
const HEIGHT = 240
const SMALL = { width: 280, height: 170 }

/** Up to this many points, each has a marker. Longer lines have markers on some points. */
const MOST_MARKERS = 12

const FONT = { fontFamily: 'system-ui, sans-serif', fontSize: 13, color: COLORS.ink }
const AXIS = {
  axisLabel: { ...FONT, fontSize: 12 },
  nameTextStyle: FONT,
  axisLine: { lineStyle: { color: COLORS.muted } },
  axisTick: { lineStyle: { color: COLORS.muted } },
  splitLine: { lineStyle: { color: COLORS.line } },
}

/** Removes the parts that ECharts adds for a mouse and for a script: the page has neither. */
const withoutInteraction = (svg: string): string =>
  svg.replace(/<style >.*?<\/style>\s*/gs, '').replace(/ (class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')

function draw(width: number, height: number, option: echarts.EChartsCoreOption): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({ animation: false, textStyle: FONT, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return withoutInteraction(svg)
}

/** Adds a title and a description for readers who cannot see the drawing. */
function described(svg: string, kind: 'line' | 'bar', title: string, description: string): string {
  // Keep names whole: names of layers may differ only in a dot.
  const id = `${kind}-${encodeURIComponent(title)}`
  const texts = `<title id="${id}">${escapeHtml(title)}</title><desc id="${id}-description">${escapeHtml(description)}</desc>`
  return svg
    .replace('<svg ', `<svg role="img" aria-labelledby="${id}" aria-describedby="${id}-description" `)
    .replace('>', () => `>${texts}`)
}

const figure = ({ title, explanation, linked }: Caption, svg: string, legend = ''): string =>
  `<figure><h3>${linked(title)}</h3>${svg}${legend}${explanation && `<figcaption>${linked(explanation)}</figcaption>`}</figure>`

/** A legend in the page instead of the drawing: it wraps, and its text is as large as other text. */
function legendOf(series: readonly Series[]): string {
  const entries = series.map(({ name }, index) => {
    const { color, dash, marker } = lineLook(index)
    const line = `<path d="M0 7H40" stroke="${color}" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`
    const drawing = `<svg width="40" height="14" aria-hidden="true">${line}<path d="${marker}" fill="${color}" transform="translate(16 3) scale(.8)"/></svg>`
    return `<li>${drawing}${escapeHtml(name)}</li>`
  })
  return entries.length < 2 ? '' : `<ul class="legend">${entries.join('')}</ul>`
}

const short = (value: number): string => `${Number(value.toPrecision(3))}`

/** Describes the lines in words: start, end and extremes of each. */
function describeLines({ xLabel, unit, x, series }: LineChart): string {
  const lines = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[]
    if (known.length === 0) return `${name}: no values.`
    const numbers = [known[0], known.at(-1)!, Math.min(...known), Math.max(...known)].map(
      (value) => short(value) + (unit && ` ${unit}`),
    )
    return `${name}: from ${numbers[0]} to ${numbers[1]}, lowest ${numbers[2]}, highest ${numbers[3]}.`
  })
  return `Line chart over ${xLabel} ${x[0]} to ${x.at(-1)}. ${lines.join(' ')}`
}

/** ECharts skips a point that is `NaN`. */
const known = (value: number | undefined): number => value ?? Number.NaN

function lineOf({ name, values }: Series, { color, dash, marker }: LineLook, x: LineChart['x'], runsOn: boolean): object {
  const every = Math.ceil(values.length / MOST_MARKERS)
  return {
    name,
    type: 'line',
    data: values.map((value, index) => ({
      value: runsOn ? [x[index], known(value)] : known(value),
      symbol: !runsOn && index % every === 0 ? `path://${marker}` : 'none',
    })),
    symbolSize: 8,
    showAllSymbol: true,
    itemStyle: { color },
    lineStyle: { color, width: 2, type: dash.length === 0 ? 'solid' : [...dash] },
  }
}

/** Empty if no line has a point. */
export function lineChart(chart: LineChart): string {
  const { title, xLabel, unit, x, runsOn = false, series, minimum } = chart
  if (x.length === 0 || series.length === 0) return ''
  const xScale = runsOn
    ? { type: 'value', max: 'dataMax', splitNumber: 4, minInterval: 1 }
    : { type: 'category', data: x.map(String) }
  const svg = draw(WIDTH, HEIGHT, {
    grid: { left: 8, right: 20, top: unit ? 34 : 14, bottom: 32, containLabel: true },
    xAxis: { ...AXIS, ...xScale, splitLine: { show: false }, name: xLabel, nameLocation: 'middle', nameGap: 28 },
    yAxis: {
      ...AXIS,
      type: 'value',
      name: unit,
      nameTextStyle: { ...FONT, align: 'left' },
      splitNumber: 4,
      scale: minimum === undefined,
      min: minimum,
    },
    series: series.map((line, index) => lineOf(line, lineLook(index), x, runsOn)),
  })
  return figure(chart, described(svg, 'line', title, describeLines(chart)), legendOf(series))
}

export interface BarChart extends Caption {
  readonly xLabel: string
  /** Bins from the smallest value to the greatest, equally wide. */
  readonly bins: readonly { readonly middle: number; readonly count: number }[]
}

/** A small histogram. */
export function barChart(chart: BarChart): string {
  const { title, xLabel, bins } = chart
  const [{ color }] = [lineLook(0)]
  const svg = draw(SMALL.width, SMALL.height, {
    grid: { left: 4, right: 14, top: 12, bottom: 26, containLabel: true },
    xAxis: {
      ...AXIS,
      type: 'category',
      data: bins.map(({ middle }) => middle.toFixed(2)),
      name: xLabel,
      nameLocation: 'middle',
      nameGap: 24,
      axisLabel: { ...AXIS.axisLabel, interval: Math.max(0, Math.ceil(bins.length / 5) - 1) },
    },
    yAxis: { ...AXIS, type: 'value', splitNumber: 3 },
    series: [{ type: 'bar', data: bins.map(({ count }) => count), barCategoryGap: '8%', itemStyle: { color } }],
  })
  const fullest = bins.reduce((best, bin) => (bin.count > best.count ? bin : best))
  const range = `from ${short(bins[0].middle)} to ${short(bins.at(-1)!.middle)}`
  const description = `Histogram of ${bins.reduce((sum, { count }) => sum + count, 0)} values ${range}; most lie near ${short(fullest.middle)}.`
  return figure(chart, described(svg, 'bar', title, description))
}
