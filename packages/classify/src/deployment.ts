/** What classification needs without TensorFlow.js: `@onebit/classify/deployment`, and a part of `@onebit/classify`. */
export type { DecodeFile, PictureSource } from '@onebit/image'
export { argMax, type Evaluation, evaluate, type LabeledBatch, type Scorer } from './accuracy.ts'
export {
  assumptionsOf,
  type ClassifierData,
  type ClassifierMetadata,
  classifierMetadata,
  readClassifierMetadata,
} from './classifier-metadata.ts'
export {
  type Classification,
  type ClassifyOptions,
  type ImageClassifier,
  type ImageClassifierOptions,
  imageClassifier,
} from './image-classifier.ts'
