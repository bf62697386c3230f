/** The metrics of poses: those of MPII by the size of heads, those of COCO by object keypoint similarity. */
import { AnnotationError, checkArguments, type MetricInfo, type MetricSums, type MetricTable } from '@onebit/core'
import { boxOf, checkPerson, factsRule, type Person, type Pose, type PoseFacts, poseRule } from '../pose-facts.ts'
import { CorrectKeypoints } from './correct-keypoints.ts'
import { KeypointAveragePrecision, type ScoredPerson } from './keypoint-average-precision.ts'
import type { LabeledPerson } from './oks.ts'

/** A joint is right within this share of the larger side of the person's box. */
export const PCK_SHARE = 0.1
export const PCK = 'PCK@0.1'

const COCO_NUMBERS = ['AP', 'AP50', 'AP75', 'APM', 'APL', 'AR'] as const

const share = (name: string, description: string): MetricInfo => ({ name, unit: 'share', better: 'higher', description })

const ofBox = share(PCK, "Joints that lie within a tenth of the larger side of the person's box of where they are.")

const byHeads: readonly MetricInfo[] = [
  share('PCKh@0.5', "Joints that lie within half a head's size of where they are, over all people."),
  share('PCKh@0.1', "Joints that lie within a tenth of a head's size of where they are, over all people."),
  ofBox,
]

const bySimilarity: readonly MetricInfo[] = [
  share('AP', 'Average precision of people by object keypoint similarity, a mean over thresholds from 0.50 to 0.95.'),
  share('AP50', 'Average precision at a similarity of 0.50.'),
  share('AP75', 'Average precision at a similarity of 0.75.'),
  share('APM', 'Average precision of people of 32 to 96 pixels squared.'),
  share('APL', 'Average precision of people above 96 pixels squared.'),
  share('AR', 'Average recall of people, a mean over thresholds from 0.50 to 0.95.'),
  ofBox,
]

export function metricsOf(facts: PoseFacts): readonly MetricInfo[] {
  checkArguments('metrics()', { facts: [facts, factsRule] })
  return facts.metric === 'PCKh' ? byHeads : bySimilarity
}

/** `x, y` of every joint. */
const places = ({ keypoints }: Pose): number[] => keypoints.filter((_, index) => index % 3 < 2)

function tableOf({ joints }: PoseFacts, shares: readonly number[], title: string): MetricTable {
  const rows = joints.map((name, joint) => [name, Number.isNaN(shares[joint]) ? '' : `${(100 * shares[joint]).toFixed(1)} %`])
  return { title, columns: ['joint', 'correct'], rows }
}

/** @throws AnnotationError on a person whose head has no size. */
function measureByHeads(facts: PoseFacts): MetricSums<Pose, Person> {
  const joints = facts.joints.length
  const [half, tenth] = [0.5, 0.1].map((threshold) => new CorrectKeypoints({ joints, threshold, excluded: facts.excluded }))
  const ofBoxes = new CorrectKeypoints({ joints, threshold: PCK_SHARE })
  return {
    add: (pose, person) => {
      const { keypoints, headSize } = checkPerson(person, facts)
      if (headSize === undefined) {
        throw new AnnotationError({
          what: 'PCKh cannot be measured of a person whose head has no size.',
          expected: 'a headSize in pixels',
          fix: "Annotate it, or measure by similarity: metric 'OKS' of the facts.",
        })
      }
      const predicted = places(pose)
      for (const measure of [half, tenth]) measure.add(predicted, keypoints, headSize)
      addByBox(ofBoxes, predicted, person)
    },
    values: () => ({ 'PCKh@0.5': half.mean(), 'PCKh@0.1': tenth.mean(), [PCK]: ofBoxes.mean() }),
    tables: () => [tableOf(facts, half.byJoint(), 'PCKh@0.5 of each joint')],
  }
}

function addByBox(measure: CorrectKeypoints, predicted: readonly number[], person: Person): void {
  const box = boxOf(person)
  if (box) measure.add(predicted, person.keypoints, Math.max(box[2], box[3]))
}

function labeled(person: Person): LabeledPerson | undefined {
  const box = boxOf(person)
  if (!box) return undefined
  return { keypoints: person.keypoints, box, area: person.area ?? box[2] * box[3], crowd: person.crowd ?? false }
}

/** The people of one picture are matched with one another, in whatever order they come. */
function measureBySimilarity(facts: PoseFacts): MetricSums<Pose, Person> {
  const pictures = new Map<unknown, { predicted: ScoredPerson[]; people: LabeledPerson[] }>()
  const ofBoxes = new CorrectKeypoints({ joints: facts.joints.length, threshold: PCK_SHARE })
  return {
    add: (pose, person) => {
      const key = checkPerson(person, facts).picture ?? Symbol('a picture of its own')
      const picture = pictures.get(key) ?? { predicted: [], people: [] }
      pictures.set(key, picture)
      const predicted = places(pose)
      picture.predicted.push({ keypoints: predicted, score: pose.score })
      const truth = labeled(person)
      if (truth) picture.people.push(truth)
      addByBox(ofBoxes, predicted, person)
    },
    values: () => {
      const measure = new KeypointAveragePrecision({ sigmas: facts.sigmas })
      for (const { predicted, people } of pictures.values()) measure.add(predicted, people)
      const values = measure.values()
      // Without people there is no number. The worst value stands for it here.
      const entries = COCO_NUMBERS.map((name): [string, number] => [name, Number.isNaN(values[name]) ? 0 : values[name]])
      return { ...Object.fromEntries(entries), [PCK]: ofBoxes.mean() }
    },
    tables: () => [tableOf(facts, ofBoxes.byJoint(), `${PCK} of each joint`)],
  }
}

/** @throws OptionError on a pose of another number of joints; AnnotationError on a person who cannot be measured. */
export function measurePoses(facts: PoseFacts): MetricSums<Pose, Person> {
  checkArguments('measure()', { facts: [facts, factsRule] })
  const sums = facts.metric === 'PCKh' ? measureByHeads(facts) : measureBySimilarity(facts)
  const rule = poseRule(facts.joints.length)
  return {
    ...sums,
    add: (pose, person) => {
      checkArguments('add()', { pose: [pose, rule] })
      sums.add(pose, person)
    },
  }
}
