/** Segmentation of a loaded network: scores of every pixel in, masks, mIoU and a colored picture out. No TensorFlow.js. */
import { checkArguments, type JsonValue, type MetricInfo, type OutputValues, rules, type TaskRuntime } from '@onebit/core'
import { completeClassNames, mirrored, pictureRules, readClassNames, writeClassNames } from '@onebit/image'
import { decodeMask, scoresShape } from './decode-mask.ts'
import { drawSegmentation } from './draw-segmentation.ts'
import { PixelConfusion } from './pixel-confusion.ts'
import { checkMask, factsRule, type Segmentation, type SegmentationFacts, segmentationRule } from './segmentation-facts.ts'
import { sharesOf } from './shares.ts'

const METRICS: readonly MetricInfo[] = [
  {
    name: 'mIoU',
    unit: 'share',
    better: 'higher',
    description:
      'Intersection over union: for each class, the pixels in both label and prediction, divided by the pixels in either. Mean over the classes.',
  },
  { name: 'pixel accuracy', unit: 'share', better: 'higher', description: 'Share of pixels with the right class.' },
]

/** Number of classes in a caption. */
const CAPTION_LENGTH = 3

function captionOf(segmentation: Segmentation, facts: SegmentationFacts): string {
  checkRanking('caption()', segmentation, facts)
  return sharesOf(segmentation, facts)
    .slice(0, CAPTION_LENGTH)
    .map(({ label, share }) => `${label} ${(100 * share).toFixed(0)} %`)
    .join(', ')
}

function checkRanking(where: string, prediction: Segmentation, facts: SegmentationFacts, top = 1): void {
  checkArguments(where, {
    prediction: [prediction, segmentationRule],
    facts: [facts, factsRule],
    top: [top, rules.integer({ minimum: 1 })],
  })
}

const statedRule = rules.object({}, { classes: rules.list(rules.text) })

/** Class and length of each run of equal pixels, row by row: `[class, length, class, length, ...]`. */
function runsOf({ mask: { data } }: Segmentation): number[] {
  const runs: number[] = []
  for (const index of data) {
    if (runs.length > 0 && runs.at(-2) === index) runs[runs.length - 1]++
    else runs.push(index, 1)
  }
  return runs
}

/** The deployment half of the task `segment`. */
export const runtime: TaskRuntime<SegmentationFacts, Segmentation, Segmentation> = {
  name: 'segment',
  writeMetadata: writeClassNames,
  readMetadata: readClassNames,
  complete(facts, outputs) {
    checkArguments('complete()', { facts: [facts, statedRule], outputs: [outputs, pictureRules.outputShapes] })
    return completeClassNames(facts.classes, scoresShape(outputs)[2])
  },
  decode: (outputs, _, placement) => decodeMask(outputs, placement),
  mirrorOutputs(outputs) {
    checkArguments('mirrorOutputs()', { outputs: [outputs, pictureRules.outputs] })
    const mirror = ({ shape, data }: OutputValues[string]) => ({ shape, data: mirrored(data, shape) })
    const maps = Object.entries(outputs).filter(([, { shape }]) => shape.length === 3)
    return Object.fromEntries(maps.map(([name, output]) => [name, mirror(output)]))
  },
  metrics: () => METRICS,
  measure(facts) {
    checkArguments('measure()', { facts: [facts, factsRule] })
    const confusion = new PixelConfusion(facts.classes)
    return {
      add(prediction, annotation) {
        checkArguments('add()', { prediction: [prediction, segmentationRule] })
        confusion.add(prediction.mask, checkMask(annotation, facts))
      },
      values: () => ({ mIoU: confusion.meanIntersectionOverUnion(), 'pixel accuracy': confusion.accuracy() }),
      tables: () => [confusion.table()],
    }
  },
  describe(prediction, facts, top) {
    checkRanking('describe()', prediction, facts, top)
    return sharesOf(prediction, facts)
      .slice(0, top)
      .map(({ label, share, pixels }) => ({ label, score: share, detail: `${pixels} pixels` }))
  },
  toJson(prediction, facts, top): JsonValue {
    checkRanking('toJson()', prediction, facts, top)
    return {
      width: prediction.mask.width,
      height: prediction.mask.height,
      classes: sharesOf(prediction, facts)
        .slice(0, top)
        .map(({ label, index, share }) => ({ label, index, share })),
      runs: runsOf(prediction),
    }
  },
  captionOf,
  caption: captionOf,
  draw: drawSegmentation,
}
