/** The plots of `docs/quantizers`: forward and pseudo-gradient of every quantizer as SVG text. */
// Import all of TensorFlow.js: its core alone registers no gradients in plain Node.
import '@tensorflow/tfjs'
import { completeOptions, type Quantizer, type QuantizerTarget } from '@onebit/core'
import { quantize } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import { init } from 'echarts'
import quantizers from '../src/index.ts'

// The script that writes the folder only bundles this file.
export { gallery } from './gallery.ts'

const WIDTH = 560
const HEIGHT = 260
const POINTS = Array.from({ length: 401 }, (_, step) => (step - 200) / 100)

/** Weights are one row of the plot. For quantizers that use statistics of them, they are the plotted interval itself. */
function variablesOf(plugin: Quantizer, target: QuantizerTarget): Record<string, tf.Tensor> {
  const options = completeOptions(plugin)
  const declared = plugin.variables?.(options, { target, channels: 1 }) ?? {}
  return Object.fromEntries(
    Object.entries(declared).map(([name, { shape, initial }]) => {
      // Random initial values are spread evenly over their range.
      const [low, high] = typeof initial === 'number' ? [initial, initial] : 'uniform' in initial ? initial.uniform : [0, 0]
      const count = shape.reduce((product, size) => product * size, 1)
      const values = Array.from({ length: count }, (_, index) => low + ((high - low) * (index + 0.5)) / count)
      return [name, tf.tensor(values, [...shape])]
    }),
  )
}

interface Curves {
  readonly forward: Float32Array
  readonly gradient: Float32Array
}

function curvesOf(plugin: Quantizer, progress: number, training: boolean): Curves {
  const [target] = plugin.for
  return tf.tidy(() => {
    const options = completeOptions(plugin)
    const context = { target, variables: variablesOf(plugin, target), progress, training, seed: 1 }
    const x = tf.tensor(POINTS, [POINTS.length, 1])
    const run = (values: tf.Tensor): tf.Tensor => quantize(values, { plugin, options }, context)
    // Each output has the weight one, so gradients through the mean or the deviation of all weights are included.
    const gradient = tf.grad((values) => tf.sum(run(values)))(x)
    return { forward: run(x).dataSync() as Float32Array, gradient: gradient.dataSync() as Float32Array }
  })
}

/** True if training changes the quantizer. Then its beginning and middle are plotted too. */
function isScheduled(plugin: Quantizer): boolean {
  return plugin.soft === true || 'start' in plugin.options
}

/** Adds a title for screen readers and removes hover styles, which a static picture does not need. */
function accessible(svg: string, title: string): string {
  const still = svg
    .replace(/<style[\s\S]*?<\/style>\s*/g, '')
    .replace(/ (class|pointer-events)="[^"]*"/g, '')
    .replace(/ style="user-select: none;"/, '')
  return `${still.replace(/>/, `><title>${title}</title>`)}\n`
}

function render(plugin: Quantizer): string {
  const moments = isScheduled(plugin) ? [0, 0.25] : [1]
  const curves = moments.map((progress) => ({ progress, ...curvesOf(plugin, progress, plugin.soft === true) }))
  const line = (grid: 0 | 1, values: Float32Array, color: string, dashed: boolean): object => ({
    type: 'line',
    xAxisIndex: grid,
    yAxisIndex: grid,
    showSymbol: false,
    silent: true,
    lineStyle: { width: 2, color, type: dashed ? 'dashed' : 'solid' },
    // Three digits are enough for the plot, and do not differ between machines.
    data: Array.from(values, (value, index) => [POINTS[index], Number(value.toFixed(3))]),
  })
  const axis = (gridIndex: 0 | 1): object => ({
    gridIndex,
    type: 'value',
    splitLine: { lineStyle: { color: '#e5e7eb' } },
    axisLine: { lineStyle: { color: '#6b7280' } },
    axisLabel: { color: '#374151' },
  })
  const note = moments.length > 1 ? 'solid: beginning of training, dashed: after a quarter' : ''
  const title = (text: string, left: string): object => ({ text, left, top: 6, textStyle: { fontSize: 13, color: '#111827' } })
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: [
      title(`${plugin.name}: forward`, '2%'),
      title('pseudo-gradient', '52%'),
      { text: note, left: '2%', bottom: 2, textStyle: { fontSize: 10, fontWeight: 'normal', color: '#6b7280' } },
    ],
    grid: [
      { left: '6%', width: '40%', top: 36, bottom: 40 },
      { left: '56%', width: '40%', top: 36, bottom: 40 },
    ],
    xAxis: [0, 1].map((index) => ({ ...axis(index as 0 | 1), min: -2, max: 2 })),
    yAxis: [0, 1].map((index) => axis(index as 0 | 1)),
    series: curves.flatMap(({ forward, gradient }, index) => [
      line(0, forward, '#2563eb', index > 0),
      line(1, gradient, '#dc2626', index > 0),
    ]),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return accessible(svg, `${plugin.name}: forward and pseudo-gradient`)
}

/** SVG text, by the quantizer's name. */
export async function plots(): Promise<Map<string, string>> {
  await tf.setBackend('cpu')
  return new Map(quantizers.map((plugin) => [plugin.name, render(plugin)]))
}
