/** What a stage minimizes: a sum of weighted terms, each a mean over the batch. */
import { type Configured, type Distiller, OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** Hinton's soft labels: `T^2` times the divergence of the student's from the teacher's probabilities, both at temperature T. */
export interface SoftLabelsTerm {
  readonly name: 'soft-labels'
  /** @default 1 */
  readonly weight?: number
  /** T, above 0. @default 1 */
  readonly temperature?: number
}

/** What is compared: the outputs of a layer that student and teacher both have, or of layers with names of their own. */
export type Tap = string | { readonly name: string; readonly student: string; readonly teacher: string }

/** A distiller, on outputs of layers of student and teacher. */
export interface DistillerTerm {
  readonly distiller: Configured<Distiller>
  /** Layers whose outputs are compared, at least one. */
  readonly taps: readonly Tap[]
  /** @default 1 */
  readonly weight?: number
}

export type LossTerm =
  | 'cross-entropy'
  | { readonly name: 'cross-entropy'; readonly weight?: number }
  | SoftLabelsTerm
  | DistillerTerm

/** Outputs of a model that losses read. */
export interface ModelOutputs {
  /** `[batch, classes]`: logits, or probabilities where the model has no softmax layer at its end. */
  readonly scores: tf.Tensor
  readonly areLogits: boolean
  /** By the tap's name, batch first. */
  readonly taps: Readonly<Record<string, tf.Tensor>>
}

const nameOf = (tap: Tap): string => (typeof tap === 'string' ? tap : tap.name)

/** The layers that losses tap on one side, by the tap's name. */
export function layersTapped(losses: readonly LossTerm[], side: 'student' | 'teacher'): ReadonlyMap<string, string> {
  const taps = losses.flatMap((term) => (typeof term === 'object' && 'taps' in term ? term.taps : []))
  return new Map(taps.map((tap) => [nameOf(tap), typeof tap === 'string' ? tap : tap[side]]))
}

/**
 * @param where Ends sentences: ` in stage 'x'`, or nothing.
 * @throws OptionError on an unknown term, a bad number, or a term that follows a teacher where there is none.
 */
export function checkLosses(losses: readonly LossTerm[], hasTeacher: boolean, where: string): void {
  const refuse = (what: string, expected: string, received: unknown): never => {
    throw new OptionError({ what: `${what}${where}.`, expected, received: JSON.stringify(received) })
  }
  if (losses.length === 0) refuse('There are no losses', 'at least one', losses)
  for (const term of losses) {
    if (term === 'cross-entropy') continue
    if (typeof term !== 'object' || (!('distiller' in term) && !['cross-entropy', 'soft-labels'].includes(term.name))) {
      refuse('There is no such loss', 'cross-entropy, soft-labels or a distiller', term)
    }
    const { weight = 1 } = term
    if (!(weight >= 0 && Number.isFinite(weight))) refuse('Bad weight of a loss', 'a number of at least 0', weight)
    const follows = 'distiller' in term || term.name === 'soft-labels'
    if (follows && !hasTeacher) refuse('A loss has no teacher to follow', `a 'teacher' beside the losses`, term)
    if ('distiller' in term && term.taps.length === 0) refuse('A distiller has nothing to compare', 'at least one tap', term.taps)
    if (follows && !('distiller' in term)) {
      const { temperature = 1 } = term as SoftLabelsTerm
      if (!(temperature > 0 && Number.isFinite(temperature))) refuse('Bad temperature', 'a number above 0', temperature)
    }
  }
}

function logProbabilities({ scores, areLogits }: ModelOutputs, temperature = 1): tf.Tensor {
  // Logarithms of probabilities are logits, too.
  const logits = areLogits ? scores : tf.log(tf.clipByValue(scores, 1e-7, 1))
  return tf.logSoftmax(tf.div(logits, temperature))
}

function crossEntropy(targets: tf.Tensor, outputs: ModelOutputs): tf.Scalar {
  if (outputs.areLogits) return tf.losses.softmaxCrossEntropy(targets, outputs.scores) as tf.Scalar
  const logarithms = tf.log(tf.clipByValue(outputs.scores, 1e-7, 1))
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, logarithms), -1)) as tf.Scalar)
}

function softLabels(student: ModelOutputs, teacher: ModelOutputs, temperature: number): tf.Scalar {
  const soft = logProbabilities(teacher, temperature)
  const difference = tf.sub(soft, logProbabilities(student, temperature))
  const divergence = tf.mean(tf.sum(tf.mul(tf.exp(soft), difference), -1))
  return tf.mul(divergence, temperature ** 2)
}

/**
 * The sum of all terms, which `checkLosses` let pass.
 * @param targets `[batch, classes]`, rows that sum to 1.
 */
export function totalLoss(
  losses: readonly LossTerm[],
  targets: tf.Tensor,
  student: ModelOutputs,
  teacher: ModelOutputs | undefined,
): tf.Scalar {
  const terms = losses.map((term): tf.Scalar => {
    if (term === 'cross-entropy') return crossEntropy(targets, student)
    const weighted = (value: tf.Scalar): tf.Scalar => (term.weight === undefined ? value : tf.mul(value, term.weight))
    if ('distiller' in term) {
      const { plugin, options } = term.distiller
      const own = ({ taps }: ModelOutputs) => Object.fromEntries(term.taps.map(nameOf).map((name) => [name, taps[name]]))
      return weighted(plugin.loss(own(student), own(teacher!), options))
    }
    if (term.name === 'cross-entropy') return weighted(crossEntropy(targets, student))
    return weighted(softLabels(student, teacher!, term.temperature ?? 1))
  })
  return terms.reduce((sum, term) => tf.add(sum, term))
}
