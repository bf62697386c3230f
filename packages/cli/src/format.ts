/** Formats numbers for people. */
import type { MetricInfo } from '@onebit/core'

/** `1,234,567` */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** Three digits and a unit: `1.24 M`. */
export function formatLarge(count: number): string {
  const units = ['', ' k', ' M', ' G', ' T']
  let unit = 0
  let value = count
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? formatCount(value) : value.toPrecision(3)}${units[unit]}`
}

/** Decimal units: `41.3 kB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1000 ? `${formatCount(bytes)} B` : `${formatLarge(bytes)}B`
}

/** A share between 0 and 1 as `87.35 %`. */
export function formatPercent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`
}

/** A metric's value in its unit: `87.35 %`, `0.0413`. */
export function formatMetric({ unit }: Pick<MetricInfo, 'unit'>, value: number): string {
  return unit === 'share' ? formatPercent(value) : Number.isInteger(value) ? formatCount(value) : value.toPrecision(4)
}

/** Milliseconds with a suitable number of digits. */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 3 : milliseconds < 100 ? 2 : 1)} ms`
}

/** A bar of `width` cells. `share` of them are filled. */
export function formatBar(share: number, width = 24): string {
  const filled = Math.round(Math.min(Math.max(share, 0), 1) * width)
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

/** Wraps text to lines of at most `width` columns, at blanks. Lines after the first begin with `indent` blanks. */
export function wrapText(text: string, width: number, indent = 0): string {
  if (text.length <= width) return text
  const end = text.lastIndexOf(' ', width)
  // A word that is longer than a line stays whole.
  if (end <= indent) return text
  const rest = `${' '.repeat(indent)}${text.slice(end + 1)}`
  return `${text.slice(0, end)}\n${wrapText(rest, width, indent)}`
}
