export {
  type Affine,
  horizontalFlip,
  IDENTITY,
  inOrder,
  inverse,
  movePoint,
  movePoints,
  moveRectangle,
  rotation,
  scaling,
  translation,
} from './affine.ts'
export * as pictureRules from './argument-rules.ts'
export { borderColor } from './border-color.ts'
export { type CenterCropOptions, type CenterCropStep, centerCrop, checkCenterCrop } from './center-crop.ts'
export { type ClassNames, completeClassNames, readClassNames, writeClassNames } from './class-names.ts'
export { type Background, highBytes, luma, toChannels } from './color.ts'
export { crop, paste } from './crop.ts'
export { classColor } from './draw/class-colors.ts'
export { contactSheet, type SheetEntry, type SheetOptions } from './draw/contact-sheet.ts'
export { drawingScale, enlarged, type LegendRow, withLegend } from './draw/legend.ts'
export { drawMask, type MaskOptions } from './draw/mask.ts'
export type { Color } from './draw/paint.ts'
export {
  type CircleOptions,
  drawBox,
  drawCircle,
  drawLine,
  drawPolyline,
  fillBox,
  type Point,
  type StrokeOptions,
} from './draw/shapes.ts'
export { drawLabel, drawText, readableOn, type TextOptions, textSize } from './draw/text.ts'
export { flipHorizontally } from './flip.ts'
export { heightAndWidth, LONGEST_SIDE, MOST_PIXELS, requirePixels } from './limits.ts'
export { mirrored } from './mirrored.ts'
export {
  denormalize,
  type Normalization,
  normalizationTable,
  normalize,
  UNIT_NORMALIZATION,
  writeNormalized,
} from './normalization.ts'
export { type Orientation, orient } from './orient.ts'
export {
  blankPicture,
  type Channels,
  copyPicture,
  type Extent,
  type Fill,
  invertPicture,
  type Picture,
  pictureOf,
  type Rectangle,
  type Size,
} from './picture.ts'
export { PictureError, type PictureErrorReason } from './picture-error.ts'
export { type PictureMetadata, readPictureMetadata, taskMetadata } from './picture-metadata.ts'
export { picturePlan } from './picture-plan.ts'
export { createPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts'
export type { PlaceOptions } from './placement.ts'
export { encodePng, pngBase64 } from './png/encode-png.ts'
export {
  defaultPreparation,
  isPreparationStep,
  PREPARATION_STEPS,
  type Preparation,
  type PreparationStep,
  preparationOf,
} from './preparation.ts'
export {
  applyPreparation,
  applyStep,
  type PreparedPicture,
  type PrepareOptions,
  preparationAffine,
  preparePicture,
} from './prepare-picture.ts'
export type { DecodeFile, PictureSource, PixelData, PixelTensor } from './read/picture-source.ts'
export { readPicture } from './read/read-picture.ts'
export { readOrientation } from './read-orientation.ts'
export { type ResampleOptions, resample } from './resample.ts'
export { checkResize, type ResizeMode, type ResizeOptions, type ResizeStep, resize } from './resize.ts'
export { type WarpOptions, warp } from './warp.ts'
export { type WarpReducedOptions, warpReduced } from './warp-reduced.ts'
export { withMirrorImage } from './with-mirror-image.ts'
