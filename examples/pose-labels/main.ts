/** Labels the people of a video or of a folder of pictures: `node dist/main.js VIDEO --models FOLDER --out FOLDER`. */
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import { OptionError } from '@onebit/core'
import { SKIP_REASONS, type SkipReason } from './label-people.ts'
import { type LabelReport, labelSet } from './label-set.ts'
import { pictureFiles } from './picture-files.ts'
import { readTeachers } from './teachers.ts'

const USAGE = `usage: node dist/main.js VIDEO|FOLDER --models FOLDER --out FOLDER
  --every 4         takes every fourth frame of a video, or picture of a folder
  --validation 0.2  share of the pictures, the last ones, in val2017
  --person 0.4      least score of a person
  --visible 0.4     joints with at least this score are visible
  --hidden 0.2      joints with at least this score are hidden; others are not labeled
  --height 60       least height of a person, in pixels
  --joints 9        least number of labeled joints of a person`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string' },
    out: { type: 'string' },
    every: { type: 'string', default: '4' },
    validation: { type: 'string', default: '0.2' },
    person: { type: 'string', default: '0.4' },
    visible: { type: 'string', default: '0.4' },
    hidden: { type: 'string', default: '0.2' },
    height: { type: 'string', default: '60' },
    joints: { type: 'string', default: '9' },
    help: { type: 'boolean', default: false },
  },
})

function numberOf(option: Exclude<keyof typeof values, 'help'>, least: number, most: number, isWhole = false): number {
  const value = Number(values[option])
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value
  const expected = `${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}`
  throw new OptionError({ option, what: `--${option} cannot be used.`, expected, received: String(values[option]) })
}

const share = (part: number, whole: number): string => (whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(1)} %)`)

function describe({ pictures, unreadable, empty, found, kept, skipped, joints }: LabelReport): string {
  const all = joints.unlabeled + joints.hidden + joints.visible
  const people = kept.train + kept.val
  const reasons = (Object.keys(skipped) as SkipReason[]).map((reason) => `  ${skipped[reason]} skipped: ${SKIP_REASONS[reason]}`)
  return [
    `${pictures} pictures, ${unreadable.length} unreadable, ${empty} without people`,
    `${found} people found, ${people} kept${share(people, found)}: ${kept.train} in train2017, ${kept.val} in val2017`,
    ...reasons,
    `${all} joints: ${joints.visible} visible${share(joints.visible, all)}, ${joints.hidden} hidden${share(joints.hidden, all)}, ` +
      `${joints.unlabeled} not labeled${share(joints.unlabeled, all)}`,
    ...unreadable,
  ].join('\n')
}

async function label(source: string, models: string, out: string): Promise<void> {
  const options = {
    validation: numberOf('validation', 0, 1),
    person: numberOf('person', 0, 1),
    visible: numberOf('visible', 0, 1),
    hidden: numberOf('hidden', 0, numberOf('visible', 0, 1)),
    height: numberOf('height', 1, 65_535),
    joints: numberOf('joints', 1, 17, true),
    description: `Joints by MoveNet Thunder in boxes by CenterNet, from '${source}'`,
    onProgress: (done: number, all: number) => {
      if (done % 20 === 0) console.error(`${done} of ${all} pictures`)
    },
  }
  const every = numberOf('every', 1, 65_535, true)
  await tf.setBackend('wasm')
  const teachers = await readTeachers(models)
  const files = await pictureFiles(source, every)
  try {
    console.log(describe(await labelSet(files.paths, out, teachers, options)))
  } finally {
    await files.dispose()
  }
}

const [source, ...others] = positionals
if (values.help || source === undefined || others.length > 0 || !values.models || !values.out) {
  console.log(USAGE)
  process.exitCode = values.help ? 0 : 2
} else {
  await label(source, values.models, values.out)
}
