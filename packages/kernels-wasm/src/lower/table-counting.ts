/** Binary convolution by table lookups: a panel of table offsets, then counts for all outputs. */

import type { BitWeights } from '@onebit/core/compile'
import { offsetBy } from '../program/buffer.ts'
import { layOutTableRun, nibbleCount, panelRowBytes, tileRuns, VECTOR } from '../weights/table-weights.ts'
import { type CountingMethod, countBytesOf } from './counting-method.ts'
import type { LayerGeometry } from './layer-geometry.ts'
import type { LoweringScope } from './lowering.ts'
import { preparePanel } from './panel.ts'

/** Bytes of a panel that stay in the second-level cache together with the counts and a stretch of weights. */
const PANEL_BUDGET = 32 * 1024
const MAXIMUM_PAIRS = 96
const MINIMUM_PAIRS = 8

export function tableCounting(context: LoweringScope, layer: LayerGeometry, weights: BitWeights): CountingMethod {
  const { builder } = context
  const { groups } = layer
  const outputs = weights.outputs / groups
  const rowBytes = panelRowBytes(nibbleCount(weights))
  const countBytes = countBytesOf(outputs)
  const runs = tileRuns(outputs, context.tiles)
  const order = runs[0].tile.endsWith('Ordered') ? 'ordered ' : ''
  return {
    name: `lookup tables, ${order}tiles of ${runs.map(({ width }) => VECTOR * width).join(' + ')} outputs`,
    isChosen: true,
    groups,
    pairs: Math.max(MINIMUM_PAIRS, Math.min(MAXIMUM_PAIRS, Math.floor(PANEL_BUDGET / rowBytes))),
    scratchBytes: (pixels) => Math.ceil(pixels / 2) * rowBytes + 32,
    prepare(scratch) {
      const panel = preparePanel(context, layer, weights, { buffer: scratch, rowBytes })
      const laidOut = Array.from({ length: groups }, (_, group) =>
        runs.map((run) => {
          const layout = ['table', outputs, weights.taps, weights.channels, group, run.tile, run.firstOutput]
          return builder.laidOut(weights.bits, layout, () => layOutTableRun(weights, groups, group, run))
        }),
      )
      return {
        base: panel.base,
        count(group, counted) {
          const { from, to, counts, step } = counted
          panel.fill(group, counted)
          runs.forEach(({ tile, blocks, firstOutput }, run) => {
            const sizes = { blocks, countBytes: countBytes * step, from, to }
            panel.count(tile, laidOut[group][run], offsetBy(counts, 2 * firstOutput), sizes)
          })
        },
      }
    },
  }
}
