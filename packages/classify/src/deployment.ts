/** What classification needs without TensorFlow.js: `@onebit/classify/deployment`, and a part of `@onebit/classify`. */
export { argMax, type Evaluation, evaluate, type LabeledBatch, type Scorer } from './accuracy.ts'
export {
  assumptionsOf,
  type ClassifierData,
  type ClassifierMetadata,
  classifierMetadata,
  type PixelNormalization,
  type PreparationStep,
  readClassifierMetadata,
} from './classifier-metadata.ts'
export {
  type Classification,
  type ClassifyOptions,
  type ImageClassifier,
  type ImageClassifierOptions,
  imageClassifier,
} from './image-classifier.ts'
export { type DecodeFile, type ImageSource, type PixelImage, type PixelTensor, readImage } from './read-image.ts'
export { cropCenter, type Pixels, resizeBilinear } from './resize-bilinear.ts'
