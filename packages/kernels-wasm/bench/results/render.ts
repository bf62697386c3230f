/** Renders every file made from bench/results/kernels.json, by name. */
import type { KernelResults } from './kernel-results.ts'
import { plotLatencyAgainstAccuracy, plotRatios } from './plots.ts'
import { renderTable } from './render-table.ts'

export function renderResults(results: KernelResults): Record<string, string> {
  return {
    'kernels.md': renderTable(results),
    'kernels-ratios.svg': plotRatios(results),
    'kernels-accuracy.svg': plotLatencyAgainstAccuracy(results),
  }
}
