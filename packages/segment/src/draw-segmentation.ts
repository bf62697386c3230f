/** A picture with its pixels tinted by class, and a legend below. */
import { checkArguments, type PictureData } from '@onebit/core'
import { classColor, drawingScale, drawMask, enlarged, scaling, warp, withLegend } from '@onebit/image'
import { factsRule, IGNORED, type Segmentation, type SegmentationFacts, segmentationRule } from './segmentation-facts.ts'
import { sharesOf } from './shares.ts'

export function drawSegmentation(picture: PictureData, prediction: Segmentation, facts: SegmentationFacts): PictureData {
  checkArguments('draw()', { prediction: [prediction, segmentationRule], facts: [facts, factsRule] })
  const scale = drawingScale(picture)
  const large = enlarged(picture, scale)
  const { data, width, height } = prediction.mask
  const mask = { data: new Uint8Array(data), width, height, channels: 1 as const }
  const { width: wide, height: high } = large
  const scaled = warp(mask, scaling(scale), { width: wide, height: high, interpolation: 'nearest', fill: IGNORED })
  drawMask(large, scaled.data, { leaveOut: [IGNORED] })
  const rows = sharesOf(prediction, facts).map(({ label, index, share }) => ({
    text: `${label} ${(100 * share).toFixed(1)} %`,
    color: classColor(index),
  }))
  return withLegend(large, rows)
}
