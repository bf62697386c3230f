/** Classification of a loaded network: class scores in, names, accuracy and a labeled picture out. No TensorFlow.js. */
import {
  checkArguments,
  InputError,
  type MetricInfo,
  type MetricSums,
  type OutputShapes,
  rules,
  type TaskRuntime,
} from '@onebit/core'
import { completeClassNames, pictureRules, readClassNames, writeClassNames } from '@onebit/image'
import { argMax, type ClassScores, predictionRule, ranked } from './class-scores.ts'
import { type ClassificationFacts, checkLabel, factsRule } from './classification-facts.ts'
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

/** With ten classes or fewer, top-5 accuracy says little. */
function metricsOf(facts: ClassificationFacts): readonly MetricInfo[] {
  checkArguments('metrics()', { facts: [facts, factsRule] })
  return facts.classes.length > 10 ? [ACCURACY, TOP_5] : [ACCURACY]
}

function measure(facts: ClassificationFacts): MetricSums<ClassScores, number> {
  checkArguments('measure()', { facts: [facts, factsRule] })
  const confusion = new Confusion(facts.classes)
  let count = 0
  let right = 0
  let amongFive = 0
  const share = (part: number): number => (count === 0 ? 0 : part / count)
  return {
    add(prediction, label) {
      checkArguments('add()', { prediction: [prediction, predictionRule] })
      const { scores } = prediction
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

/** The number of classes of a network's outputs. */
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

/** Checks the arguments of functions that rank the classes of a prediction. */
function checkRanking(where: string, prediction: ClassScores, facts: ClassificationFacts, top = 1): void {
  checkArguments(where, {
    prediction: [prediction, predictionRule],
    facts: [facts, factsRule],
    top: [top, rules.integer({ minimum: 1 })],
  })
}

const completeRules = { facts: rules.object({}, { classes: rules.list(rules.text) }), outputs: pictureRules.outputShapes }

/** The deployment half of the task `classify`. */
export const runtime: TaskRuntime<ClassificationFacts, number, ClassScores> = {
  name: 'classify',
  writeMetadata: writeClassNames,
  readMetadata: readClassNames,
  complete(facts, outputs) {
    checkArguments('complete()', { facts: [facts, completeRules.facts], outputs: [outputs, completeRules.outputs] })
    return completeClassNames(facts.classes, classesIn(outputs))
  },
  decode(outputs) {
    checkArguments('decode()', { outputs: [outputs, pictureRules.outputs] })
    const shapes = Object.entries(outputs).map(([name, { shape }]) => [name, shape])
    classesIn(Object.fromEntries(shapes))
    return { scores: (outputs.scores ?? Object.values(outputs)[0]).data }
  },
  // A class has no side.
  mirrorOutputs(outputs) {
    checkArguments('mirrorOutputs()', { outputs: [outputs, pictureRules.outputs] })
    return outputs
  },
  metrics: metricsOf,
  measure,
  describe(prediction, facts, top = 3) {
    checkRanking('describe()', prediction, facts, top)
    return ranked(prediction.scores, top).map(({ index, score }) => ({ label: facts.classes[index], score }))
  },
  toJson(prediction, facts, top = 3) {
    checkRanking('toJson()', prediction, facts, top)
    return ranked(prediction.scores, top).map(({ index, score }) => ({ label: facts.classes[index], index, score }))
  },
  captionOf(label, facts) {
    checkArguments('captionOf()', { facts: [facts, factsRule] })
    return facts.classes[checkLabel(label, facts)]
  },
  caption(prediction, facts) {
    checkRanking('caption()', prediction, facts)
    return facts.classes[argMax(prediction.scores)]
  },
  matches(prediction, label) {
    checkArguments('matches()', { prediction: [prediction, predictionRule] })
    return argMax(prediction.scores) === label
  },
  draw: drawClasses,
}
