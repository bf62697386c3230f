/** Classification of a loaded network: class scores in, names, accuracy and a labeled picture out. No TensorFlow.js. */
import { InputError, type MetricInfo, type MetricSums, type OutputShapes, type TaskRuntime } from '@onebit/core'
import { completeClassNames, readClassNames, writeClassNames } from '@onebit/image'
import { argMax, type ClassScores, ranked } from './class-scores.ts'
import { type ClassificationFacts, checkLabel } from './classification-facts.ts'
import { Confusion } from './confusion.ts'
import { drawClasses } from './draw-classes.ts'

const ACCURACY: MetricInfo = {
  name: 'accuracy',
  unit: 'share',
  better: 'higher',
  description: 'Share of pictures whose class with the highest score is right.',
}
const TOP_5: MetricInfo = {
  name: 'top-5 accuracy',
  unit: 'share',
  better: 'higher',
  description: 'Share of pictures whose right class is among the five with the highest scores.',
}

/** Of ten classes or fewer, the best five say little. */
const metricsOf = ({ classes }: ClassificationFacts): readonly MetricInfo[] =>
  classes.length > 10 ? [ACCURACY, TOP_5] : [ACCURACY]

function measure(facts: ClassificationFacts): MetricSums<ClassScores, number> {
  const confusion = new Confusion(facts.classes)
  let count = 0
  let right = 0
  let amongFive = 0
  const share = (part: number): number => (count === 0 ? 0 : part / count)
  return {
    add({ scores }, label) {
      const predicted = argMax(scores)
      confusion.add(checkLabel(label, facts), predicted)
      count++
      if (predicted === label) right++
      if (ranked(scores, 5).some(({ index }) => index === label)) amongFive++
    },
    values: () => ({ accuracy: share(right), ...(metricsOf(facts).includes(TOP_5) && { [TOP_5.name]: share(amongFive) }) }),
    tables: () => confusion.tables(),
  }
}

/** The number of classes that a network's outputs tell apart. */
function classesIn(outputs: OutputShapes): number {
  const [first, ...others] = Object.entries(outputs)
  const shape = outputs.scores ?? (others.length === 0 ? first?.[1] : undefined)
  if (shape?.length === 1 && shape[0] >= 1) return shape[0]
  throw new InputError({
    what: 'This network is no classifier.',
    expected: "an output 'scores' of [classes]",
    received: Object.entries(outputs)
      .map(([name, sizes]) => `'${name}' of [${sizes.join(', ')}]`)
      .join(', '),
  })
}

/** The deployment half of the task `classify`. */
export const runtime: TaskRuntime<ClassificationFacts, number, ClassScores> = {
  name: 'classify',
  writeMetadata: writeClassNames,
  readMetadata: readClassNames,
  complete: ({ classes }, outputs) => completeClassNames(classes, classesIn(outputs)),
  decode: (outputs) => ({ scores: (outputs.scores ?? Object.values(outputs)[0]).data }),
  metrics: metricsOf,
  measure,
  describe: ({ scores }, { classes }, top = 3) =>
    ranked(scores, top).map(({ index, score }) => ({ label: classes[index], score })),
  toJson: ({ scores }, { classes }, top = 3) =>
    ranked(scores, top).map(({ index, score }) => ({ label: classes[index], index, score })),
  captionOf: (label, { classes }) => classes[label],
  caption: ({ scores }, { classes }) => classes[argMax(scores)],
  matches: ({ scores }, label) => argMax(scores) === label,
  draw: drawClasses,
}
