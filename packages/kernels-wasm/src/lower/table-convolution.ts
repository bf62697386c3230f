/** Binary convolution by table lookups: a panel of table offsets, then counts for all outputs. */
import { offsetBy } from '../program/buffer.ts'
import type { BitKernel } from '../weights/bit-kernel.ts'
import { layOutTableRun, nibbleCount, panelRowBytes, tileRuns, VECTOR } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import type { LoweringContext } from './context.ts'
import { type CountingKernel, countBytesOf } from './counting-kernel.ts'
import { preparePanel } from './panel.ts'

/** How the kernel's name begins. */
export const TABLES = 'lookup tables'

/** Bytes of panel that stay in the second-level cache beside the counts and a stretch of weights. */
const PANEL_BUDGET = 32 * 1024
const MAXIMUM_PAIRS = 96
const MINIMUM_PAIRS = 8

export function tableKernel(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel): CountingKernel {
  const { builder } = context
  const { groups } = layer
  const outputs = kernel.outputs / groups
  const rowBytes = panelRowBytes(nibbleCount(kernel))
  const countBytes = countBytesOf(outputs)
  const runs = tileRuns(outputs, context.tiles)
  const order = runs[0].tile.endsWith('Ordered') ? 'ordered ' : ''
  return {
    name: `${TABLES}, ${order}tiles of ${runs.map(({ width }) => VECTOR * width).join(' + ')} outputs`,
    groups,
    pairs: Math.max(MINIMUM_PAIRS, Math.min(MAXIMUM_PAIRS, Math.floor(PANEL_BUDGET / rowBytes))),
    scratchBytes: (pixels) => Math.ceil(pixels / 2) * rowBytes + 32,
    prepare(scratch) {
      const panel = preparePanel(context, layer, kernel, { buffer: scratch, rowBytes })
      const weights = Array.from({ length: groups }, (_, group) =>
        runs.map((run) => {
          const layout = ['table', outputs, kernel.taps, kernel.channels, group, run.tile, run.firstOutput]
          return builder.laidOut(kernel.bits, layout, () => layOutTableRun(kernel, groups, group, run))
        }),
      )
      return {
        base: panel.base,
        count(group, counted) {
          const { from, to, counts, step } = counted
          panel.fill(group, counted)
          runs.forEach(({ tile, blocks, firstOutput }, run) => {
            const sizes = { blocks, countBytes: countBytes * step, from, to }
            panel.count(tile, weights[group][run], offsetBy(counts, 2 * firstOutput), sizes)
          })
        },
      }
    },
  }
}
