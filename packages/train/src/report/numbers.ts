/** Formats numbers for people. */
import type { MetricInfo } from '@onebit/core'

/** Formats shares in percent, such as `87.35 %`. A missing value becomes `-`. */
export function showMetric({ unit }: Pick<MetricInfo, 'unit'>, value: number | null | undefined): string {
  if (value === undefined || value === null) return '-'
  return unit === 'share' ? `${(100 * value).toFixed(2)} %` : value.toFixed(4)
}

export function showLoss(value: number | null | undefined): string {
  return value === undefined || value === null ? '-' : value.toFixed(4)
}

/** `5.2 s`, `2 min 3 s`, `1 h 20 min`. */
export function showSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
