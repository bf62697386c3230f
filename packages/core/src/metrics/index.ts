/** Measures that several tasks share: an entry of its own, so that pages which only run a network do not carry it. */
export {
  AveragePrecision,
  type AveragePrecisionOptions,
  COCO_THRESHOLDS,
  type RankedPicture,
  type Truth,
} from './average-precision.ts'
