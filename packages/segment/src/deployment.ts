/** The part of segmentation without TensorFlow.js: `@onebit/segment/deployment`, which `@onebit/segment` includes. */
export { IGNORED, type Segmentation, type SegmentationFacts } from './segmentation-facts.ts'
export { runtime } from './segmentation-runtime.ts'
export { type Segmenter, segmenter } from './segmenter.ts'
