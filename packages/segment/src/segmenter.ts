/** Pictures in, masks out: a loaded network as a segmenter. */
import type { LoadedNetwork } from '@onebit/core'
import { createPipeline, type Pipeline, type PipelineOptions } from '@onebit/image'
import type { Segmentation, SegmentationFacts } from './segmentation-facts.ts'
import { runtime } from './segmentation-runtime.ts'

export type Segmenter = Pipeline<SegmentationFacts, Segmentation>

/**
 * A segmenter on a loaded network: `run(picture)` returns `{ mask }` in the picture's own pixels; `draw(picture, prediction)`
 * tints them.
 * @throws InputError if the network's inputs or outputs do not fit; ModelFormatError on bad metadata.
 */
export function segmenter(network: LoadedNetwork, options?: PipelineOptions<SegmentationFacts>): Segmenter {
  return createPipeline(network, runtime, options)
}
