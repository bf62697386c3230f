/**
 * Binary convolution by table lookups: pixels in chunks, each a panel of table offsets, then counts for all outputs, then
 * the epilogue, so that what a step leaves is still in the cache when the next one reads it.
 */

import { bitRowBytes, channelsOf } from '../program/value.ts'
import type { BitKernel } from '../weights/bit-kernel.ts'
import { layOutTableRun, nibbleCount, tileRuns, VECTOR } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import { type Lowered, type LoweringContext, outputBuffer } from './context.ts'

/** Bytes of panel that stay in the second-level cache beside the counts and a stretch of weights. */
const PANEL_BUDGET = 32 * 1024
const MAXIMUM_PAIRS = 96
const MINIMUM_PAIRS = 8

function chunkPairs(pairs: number, panelRowBytes: number): number {
  const fitting = Math.floor(PANEL_BUDGET / panelRowBytes)
  return Math.min(pairs, Math.max(MINIMUM_PAIRS, Math.min(MAXIMUM_PAIRS, fitting)))
}

/** A row of `channels` bits that taps outside the input read, or undefined where they read nothing. */
function outsideRow({ paddingValue }: BinaryLayer, channels: number): Uint8Array | undefined {
  if (paddingValue === 'zero') return undefined
  const row = new Uint8Array(bitRowBytes(channels) + 8)
  if (paddingValue === 'one') for (let i = 0; i < channels; i++) row[i >> 3] |= 1 << (i & 7)
  return row
}

export function lowerTable(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel): Lowered {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, pixels, groups } = layer
  const groupOutputs = kernel.outputs / groups
  const triples = Math.ceil(nibbleCount(kernel) / 3)
  const panelRowBytes = Math.ceil((triples * 6) / 16) * 16
  const countBytes = Math.ceil(groupOutputs / VECTOR) * VECTOR * 2
  const chunk = 2 * chunkPairs(Math.ceil(pixels / 2), panelRowBytes)
  const panel = builder.allocate((chunk / 2) * panelRowBytes + 32)
  const bases = builder.allocate(2 * chunk)
  const counts = builder.allocate(chunk * countBytes)
  const rows = builder.constant(geometry.rows)
  const columns = builder.constant(geometry.columns)
  const outside = outsideRow(layer, kernel.channels)
  const outsideBuffer = outside ? builder.constant(outside) : 0
  const buffer = outputBuffer(context)
  const runs = tileRuns(groupOutputs)
  const weights = Array.from({ length: groups }, (_, group) =>
    runs.map((run) => builder.constant(layOutTableRun(kernel, groups, group, run))),
  )
  for (let from = 0; from < pixels; from += chunk) {
    const to = Math.min(from + chunk, pixels)
    for (let group = 0; group < groups; group++) {
      const input = { buffer: inputs[0].buffer, offset: (group * kernel.channels) / 8 }
      builder.call(
        'buildPanel',
        ...[input, panel, bases, rows, columns, outsideBuffer],
        ...[bitRowBytes(channelsOf(inputs[0])), inputWidth, outputWidth, ...window],
        ...[kernel.channels, panelRowBytes, from, to],
      )
      const pairs = Math.ceil((to - from) / 2)
      runs.forEach(({ width, blocks, firstOutput }, index) => {
        const target = { buffer: counts, offset: 2 * firstOutput }
        const sizes = [triples, pairs, blocks, panelRowBytes, countBytes]
        builder.call(`tableGemm${width}`, panel, weights[group][index], target, ...sizes)
      })
      const output = { buffer, offset: 4 * (from * kernel.outputs + group * groupOutputs) }
      builder.call('storeAccumulators', counts, bases, output, to - from, groupOutputs, countBytes, 4 * kernel.outputs)
    }
  }
  const tiles = runs.map(({ width }) => `${VECTOR * width}`).join(' + ')
  return { buffer, kernel: `lookup tables, tiles of ${tiles} outputs` }
}
