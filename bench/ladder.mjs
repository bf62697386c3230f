/**
 * A ladder: recipes that each change one thing, with several seeds, so that the paired differences tell what the change gives.
 *
 *   npm run bench -- ladder pose [RUNG ...] [--seeds 1,2,3] [--jobs 2] [--folder runs/ladders]
 *
 * Needs a build. Rungs are in bench/ladders, results in bench/results/pose-ladder.json. A run with a result is kept as long as
 * its recipe stays the same, and an interrupted run continues from its last checkpoint. `--jobs` runs take place side by side, on
 * one thread each.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { rungs as pose } from './ladders/pose.mjs'
import { digestOf, readJson, resultOf, trainInto } from './training-run.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const LADDERS = { pose }

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    jobs: { type: 'string', default: '2' },
    folder: { type: 'string', default: here('../runs/ladders') },
  },
})

function refuse(what, name, known) {
  console.error(`There is no ${what} '${name}'. Known: ${known.join(', ')}.`)
  process.exit(2)
}

const [ladder, ...chosen] = positionals
const rungs = LADDERS[ladder] ?? refuse('ladder', ladder, Object.keys(LADDERS))
const stranger = chosen.find((name) => !rungs.some((rung) => rung.name === name))
if (stranger)
  refuse(
    'rung',
    stranger,
    rungs.map(({ name }) => name),
  )

const RESULTS = here(`./results/${ladder}-ladder.json`)
const results = existsSync(RESULTS) ? readJson(RESULTS).rows : []
const command = `npm run bench -- ladder ${ladder}`
const place = ({ rung, seed }) => 1000 * rungs.findIndex(({ name }) => name === rung) + seed

function keep(row) {
  const old = results.findIndex((other) => place(other) === place(row))
  if (old >= 0) results.splice(old, 1)
  results.push(row)
  results.sort((a, b) => place(a) - place(b))
  writeFileSync(RESULTS, `${JSON.stringify({ command, rows: results }, null, 2)}\n`)
}

const folderOf = (rung, seed) => join(flags.folder, ladder, `${rung}-${seed}`)
const named = (wanted) => rungs.find(({ name }) => name === wanted)
const isTaught = ({ teacher }) => teacher?.rung !== undefined
const teachersOf = ({ stages }) => [...new Set(stages.filter(isTaught).map(({ teacher }) => teacher.rung))]
/** The recipe of a run. A teacher is the folder of the other rung's run. */
const recipeOf = ({ recipe }, seed) => ({
  ...recipe,
  training: { ...recipe.training, seed },
  stages: recipe.stages.map((stage) =>
    isTaught(stage) ? { ...stage, teacher: { run: folderOf(stage.teacher.rung, seed) } } : stage,
  ),
})

async function climb(rung, seed) {
  const { name, recipe } = rung
  const digest = digestOf(JSON.stringify({ recipe, seed, teachers: teachersOf(recipe).map((teacher) => named(teacher).recipe) }))
  const kept = results.find((row) => row.rung === name && row.seed === seed)
  if (kept?.sha256 === digest) return console.log(`${name}, seed ${seed}: kept from ${kept.finished}`)
  const folder = folderOf(name, seed)
  mkdirSync(join(flags.folder, ladder), { recursive: true })
  const file = `${folder}.json`
  writeFileSync(file, JSON.stringify(recipeOf(rung, seed), null, 2))
  await trainInto(folder, { recipe: file, digest, options: ['--workers', '1'], shown: false })
  const row = { rung: name, seed, sha256: digest, recipe, ...(await resultOf(folder)) }
  keep(row)
  console.log(`${name}, seed ${seed}: ${JSON.stringify(row.test)} in ${Math.round(row.seconds)} s`)
}

const queue = flags.seeds
  .split(',')
  .map(Number)
  .flatMap((seed) => rungs.filter(({ name }) => chosen.length === 0 || chosen.includes(name)).map((rung) => ({ rung, seed })))
/** What each run ends with, by rung and seed: a student waits for its teacher. */
const ends = new Map()
const failed = []

async function lane() {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { rung, seed } = next
    const end = Promise.all(teachersOf(rung.recipe).map((teacher) => ends.get(`${teacher} ${seed}`)))
      .then(() => climb(rung, seed))
      .catch((error) => {
        // The other runs still take place.
        console.error(`${rung.name}, seed ${seed}: ${error.message}`)
        failed.push(`${rung.name} ${seed}`)
      })
    ends.set(`${rung.name} ${seed}`, end)
    await end
  }
}
await Promise.all(Array.from({ length: Number(flags.jobs) }, lane))
if (failed.length > 0) {
  console.error(`Not to their end: ${failed.join(', ')}.`)
  process.exitCode = 1
}
