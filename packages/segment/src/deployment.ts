/** What segmentation needs without TensorFlow.js: `@onebit/segment/deployment`, and a part of `@onebit/segment`. */
export { IGNORED, type Segmentation, type SegmentationFacts } from './segmentation-facts.ts'
export { runtime } from './segmentation-runtime.ts'
export { type Segmenter, segmenter } from './segmenter.ts'
