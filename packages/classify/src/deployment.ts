/** The part of classification without TensorFlow.js: `@onebit/classify/deployment`, which `@onebit/classify` includes. */
export { type Evaluation, evaluate, type LabeledBatch, type Scorer } from './accuracy.ts'
export { argMax, type ClassScores } from './class-scores.ts'
export type { ClassificationFacts } from './classification-facts.ts'
export { runtime } from './classification-runtime.ts'
export {
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
