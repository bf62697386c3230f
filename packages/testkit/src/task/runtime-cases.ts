/** The metadata of a file, and the texts and pictures for people. */
import { InputError, ModelFormatError, type PictureData } from '@onebit/core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import type { TaskSubject } from './subject.ts'

function refusal(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}

export function runtimeCases(subject: TaskSubject, random: Random): ConformanceCase[] {
  const { facts, annotations, placement, size } = subject
  const predict = async (annotation: unknown) => {
    const runtime = await subject.runtime()
    return { runtime, prediction: runtime.decode(subject.perfect(annotation), facts, placement) }
  }
  return [
    {
      name: 'facts come back from the metadata of a file; what is damaged is refused by name',
      async run() {
        const runtime = await subject.runtime()
        const written = runtime.writeMetadata(facts)
        const taken = Object.keys(written).filter((key) => RESERVED.includes(key))
        require(taken.length === 0, () => ({
          what: `The task writes '${taken}', which is common to all files.`,
          expected: `other keys than ${RESERVED.join(', ')}`,
        }))
        const read = await attempt('Its own metadata is not read.', () => runtime.readMetadata(written))
        require(JSON.stringify(read) === JSON.stringify(facts), () => ({
          what: 'The facts do not come back.',
          expected: JSON.stringify(facts),
          received: JSON.stringify(read),
        }))
        for (const [key, text] of Object.entries(written)) {
          if (!/^[[{]/.test(text)) continue
          const error = refusal(() => runtime.readMetadata({ ...written, [key]: '{' }))
          require(ModelFormatError.isInstance(error), () => ({
            what: `A damaged '${key}' is not refused.`,
            expected: 'a ModelFormatError',
            received: error === undefined ? 'facts' : String(error),
          }))
        }
      },
    },
    {
      name: 'facts are completed for the outputs of its head, and refused for others',
      async run() {
        const runtime = await subject.runtime()
        const stated = await attempt('Facts do not fit the outputs.', () => runtime.complete(facts, subject.shapes()))
        require(JSON.stringify(stated.facts) === JSON.stringify(facts) && stated.assumptions.length === 0, () => ({
          what: 'Facts that are stated are not taken as they are.',
          received: JSON.stringify(stated),
        }))
        const unstated = refusal(() => {
          const { assumptions } = runtime.complete({}, subject.shapes())
          const isKnown = Object.keys(facts).length === 0
          require(isKnown || assumptions.length > 0, () => ({
            what: 'Facts are assumed without a word.',
            expected: 'a sentence',
          }))
        })
        if (unstated !== undefined && !InputError.isInstance(unstated)) throw unstated
        const error = refusal(() => runtime.complete(facts, { 'no-such-output': [1, 2, 3, 4, 5] }))
        require(InputError.isInstance(error), () => ({
          what: 'Outputs of another task are not refused.',
          expected: 'an InputError',
          received: error === undefined ? 'facts' : String(error),
        }))
      },
    },
    {
      name: 'a prediction is told in rows, in JSON and in few words',
      async run() {
        for (const annotation of annotations) {
          const { runtime, prediction } = await predict(annotation)
          const rows = runtime.describe(prediction, facts)
          require(rows.length > 0 &&
            rows.every(({ label, score }) => label !== '' && (score === undefined || (score >= 0 && score <= 1))), () => ({
            what: 'A row is not told well.',
            expected: 'a label, and a score from 0 to 1 or none',
            received: JSON.stringify(rows),
          }))
          require(runtime.describe(prediction, facts, 1).length <= 1, () => ({
            what: "'describe' gives more rows than it is asked for.",
          }))
          const json = JSON.stringify(runtime.toJson(prediction, facts))
          // Values that JSON lacks, such as NaN, become null.
          require(json !== undefined && !/\bnull\b/.test(json), () => ({
            what: 'The prediction does not survive JSON.',
            received: json,
          }))
          const [own, right] = [runtime.caption(prediction, facts), runtime.captionOf(annotation, facts)]
          require(own === right && own !== '', () => ({
            what: 'A perfect prediction and its annotation have different captions.',
            expected: right,
            received: own,
          }))
        }
      },
    },
    {
      name: 'a prediction is drawn in color on pictures of any kind, which stay as they are',
      async run() {
        const [height, width] = size
        const { runtime, prediction } = await predict(annotations[0])
        const other = (await predict(annotations[1])).prediction
        for (const channels of [1, 3, 4]) {
          const data = Uint8Array.from({ length: height * width * channels }, () => random.integer(0, 255))
          const picture: PictureData = { data, width, height, channels }
          const before = data.slice()
          const draw = (what: unknown): PictureData => runtime.draw(picture, what, facts)
          const drawn = await attempt('A prediction is not drawn.', () => draw(prediction))
          require(data.every((value, index) => value === before[index]), () => ({
            what: 'Drawing changes the picture that it is given.',
          }))
          require(drawn.channels >= 3 && drawn.data.length === drawn.width * drawn.height * drawn.channels, () => ({
            what: 'The drawing is not a picture in color.',
            received: `${drawn.width} x ${drawn.height} x ${drawn.channels} with ${drawn.data.length} bytes`,
          }))
          const second = draw(other)
          require(drawn.data.length !== second.data.length ||
            drawn.data.some((value, index) => value !== second.data[index]), () => ({
            what: 'Drawings of different predictions are alike.',
          }))
        }
      },
    },
  ]
}

/** Keys that the files of all tasks share. */
const RESERVED = ['task', 'dataset', 'normalization', 'preparation', 'background', 'recipe']
