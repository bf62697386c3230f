/**
 * Binary convolution by table lookups: pixels in chunks, each a panel of table offsets, then counts for all outputs, then
 * the epilogue, so that what a step leaves is still in the cache when the next one reads it.
 */
import type { BitKernel } from '../weights/bit-kernel.ts'
import { layOutTableRun, nibbleCount, tileRuns, VECTOR } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import type { LoweringContext } from './context.ts'
import type { Epilogue } from './epilogue.ts'
import { preparePanel } from './panel.ts'

/** How the kernel's name begins. */
export const TABLES = 'lookup tables'

/** Bytes of panel that stay in the second-level cache beside the counts and a stretch of weights. */
const PANEL_BUDGET = 32 * 1024
const MAXIMUM_PAIRS = 96
const MINIMUM_PAIRS = 8

/** Fewer pairs read the weights too often. */
const LEAST_PAIRS = 3

/**
 * Pixels where chunks begin, and the end. On several threads chunks become smaller towards the end, so that the threads finish at about
 * the same time.
 */
function chunkBorders(pixels: number, panelRowBytes: number, threads: number): number[] {
  const fitting = Math.floor(PANEL_BUDGET / panelRowBytes)
  const largest = Math.max(MINIMUM_PAIRS, Math.min(MAXIMUM_PAIRS, fitting))
  const borders = [0]
  for (let done = 0; done < pixels; done = borders.at(-1)!) {
    const left = Math.ceil((pixels - done) / 2)
    const share = threads === 1 ? left : Math.max(LEAST_PAIRS, Math.ceil(left / (2 * threads)))
    borders.push(Math.min(done + 2 * Math.min(share, largest), pixels))
  }
  return borders
}

/**
 * Adds the steps of a layer, and returns the kernel's name.
 * @param epilogueFor Given the pixels of a chunk, what to do with its counts.
 */
export function lowerTable(
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
  epilogueFor: (chunk: number) => Epilogue,
): string {
  const { builder } = context
  const { pixels, groups } = layer
  const outputs = kernel.outputs / groups
  const triples = Math.ceil(nibbleCount(kernel) / 3)
  const panelRowBytes = Math.ceil((triples * 6) / 16) * 16
  const countBytes = Math.ceil(outputs / VECTOR) * VECTOR * 2
  const borders = chunkBorders(pixels, panelRowBytes, builder.threads)
  const chunk = 2 * Math.ceil(borders[1] / 2)
  // A row more, for the tiles that write behind the counts.
  const counts = builder.scratch((chunk + 1) * countBytes)
  const panel = preparePanel(context, layer, kernel, chunk, panelRowBytes)
  const epilogue = epilogueFor(chunk)
  const runs = tileRuns(outputs, context.tiles)
  const weights = Array.from({ length: groups }, (_, group) =>
    runs.map((run) => builder.constant(layOutTableRun(kernel, groups, group, run))),
  )
  builder.parallel(borders.length - 1, (index) => {
    const [from, to] = borders.slice(index)
    for (let group = 0; group < groups; group++) {
      panel.fill(group, from, to)
      runs.forEach(({ tile, blocks, firstOutput }, index) => {
        panel.count(tile, weights[group][index], { buffer: counts, offset: 2 * firstOutput }, { blocks, countBytes, from, to })
      })
      epilogue.emit({ counts, bases: panel.bases, countBytes, outputs, firstOutput: group * outputs, from, to })
    }
  })
  const order = runs[0].tile.endsWith('Ordered') ? 'ordered ' : ''
  return `${TABLES}, ${order}tiles of ${runs.map(({ width }) => VECTOR * width).join(' + ')} outputs`
}
