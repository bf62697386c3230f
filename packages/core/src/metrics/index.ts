/** Measures that several tasks share. They have an entry of their own, so pages that only run a network do not load them. */
export {
  AveragePrecision,
  type AveragePrecisionOptions,
  COCO_THRESHOLDS,
  type RankedPicture,
  type Truth,
} from './average-precision.ts'
