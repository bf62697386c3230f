/**
 * Trains every mini recipe to its end, one after the other, freezes it, measures the frozen file, and stores the results
 * unchanged.
 *
 *   npm run bench -- recipes [NAME ...] [--twin] [--workers N] [--folder runs/recipes] [--limit N]
 *
 * Needs a build. A recipe with a result in bench/results/recipes.json is trained again only if it changed since. An interrupted
 * run continues from its last checkpoint. `--twin` trains float twins: the same recipes with real weights and activations.
 * `--limit` is a trial with a limited number of images, whose results are not stored.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { notFinite } from './figures.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const RECIPES = here('../packages/cli/recipes/mini/')
const COMMAND = here('../packages/cli/dist/main.js')
const RESULTS = here('./results/recipes.json')

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    twin: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    limit: { type: 'string' },
    folder: { type: 'string', default: here('../runs/recipes') },
  },
})

const known = readdirSync(RECIPES)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
const stranger = positionals.find((name) => !known.includes(name))
if (stranger) {
  console.error(`There is no mini recipe '${stranger}'. Known: ${known.join(', ')}.`)
  process.exit(2)
}

/** @returns standard output. @throws on any exit code except success. */
function onebit(argv, { shown = false } = {}) {
  const stdio = shown ? 'inherit' : 'pipe'
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...argv], { encoding: 'utf8', stdio })
  if (status === 0) return stdout
  if (stderr) console.error(stderr)
  throw new Error(`onebit ${argv.join(' ')} ended with ${signal ?? `code ${status}`}.`)
}

const digestOf = (name) =>
  createHash('sha256')
    .update(readFileSync(join(RECIPES, `${name}.json`)))
    .digest('hex')
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Trains a recipe, or continues an interrupted run. */
function train(name, folder) {
  const digest = digestOf(name)
  const mark = `${folder}.sha256`
  const isSame = existsSync(mark) && readFileSync(mark, 'utf8') === digest
  if (isSame && existsSync(join(folder, 'run.json')) && !readJson(join(folder, 'run.json')).interrupted) return
  if (isSame && existsSync(join(folder, 'checkpoints')))
    return void onebit(['train', '--resume', folder, '--take-over'], { shown: true })
  mkdirSync(flags.folder, { recursive: true })
  writeFileSync(mark, digest)
  const more = [...(flags.twin ? ['--float'] : []), ...(flags.limit ? ['--limit', flags.limit] : [])]
  onebit(['train', name, '--out', folder, '--engine', 'wasm', '--workers', flags.workers, '--force', ...more], { shown: true })
}

/** The results of a run and its frozen file, from the output of the command. */
function resultOf(name, folder) {
  const { about } = readJson(join(RECIPES, `${name}.json`))
  const { engine, seconds, stages, epochs, test, options } = readJson(join(folder, 'run.json'))
  const file = `${folder}.safetensors`
  const frozen = JSON.parse(onebit(['freeze', folder, '--out', file, '--json']))
  const { metrics, count, backend } = JSON.parse(onebit(['eval', file, '--json']))
  return {
    recipe: name,
    twin: flags.twin,
    title: about.title,
    paper: about.paper,
    sha256: digestOf(name),
    engine,
    node: process.version,
    processor: `${cpus()[0].model}, ${cpus().length} CPUs`,
    finished: statSync(join(folder, 'run.json')).mtime.toISOString(),
    seconds,
    batchSize: options.batchSize,
    seed: options.seed,
    stages: stages.map(({ name: stage, epochs: count }) => ({ name: stage, epochs: count })),
    epochs: epochs.map(({ epoch, stage, loss, training, evaluation, evaluationLoss, learningRate, seconds: time }) => {
      return { epoch, stage, loss, training, evaluation, evaluationLoss, learningRate, seconds: time }
    }),
    test,
    frozen: {
      backend,
      metrics,
      pictures: count,
      bytes: frozen.bytes,
      floatBytes: frozen.floatBytes,
      parameters: frozen.parameters,
    },
  }
}

const isOf = (name) => (row) => row.recipe === name && row.twin === flags.twin

function keep(row) {
  const { rows } = existsSync(RESULTS) ? readJson(RESULTS) : { rows: [] }
  const others = rows.filter((other) => !isOf(row.recipe)(other))
  const sorted = [...others, row].sort((a, b) => a.recipe.localeCompare(b.recipe, 'en') || Number(a.twin) - Number(b.twin))
  const note =
    'one run each to its end; evaluation is on the test pictures after each epoch, test is the saved model, frozen the file'
  writeFileSync(RESULTS, `${JSON.stringify({ command: 'npm run bench -- recipes', note, rows: sorted }, null, 2)}\n`)
}

const failed = []
for (const name of positionals.length > 0 ? positionals : known) {
  const kept = !flags.limit && existsSync(RESULTS) && readJson(RESULTS).rows.find(isOf(name))
  if (kept && kept.sha256 === digestOf(name)) {
    console.log(`${name}: kept from ${kept.finished}`)
    continue
  }
  console.log(`${name}${flags.twin ? ', its float twin' : ''}`)
  const folder = join(flags.folder, [name, flags.twin && 'twin', flags.limit].filter(Boolean).join('-'))
  try {
    train(name, folder)
    const row = resultOf(name, folder)
    const wrong = notFinite({ test: row.test, frozen: row.frozen, losses: row.epochs.map(({ loss }) => loss) })
    if (wrong.length > 0) throw new Error(`not finite: ${wrong.join(', ')}`)
    if (!flags.limit) keep(row)
    console.log(`${name}: ${JSON.stringify(row.test)} in ${Math.round(row.seconds)} s`)
  } catch (error) {
    // The other recipes still run.
    console.error(`${name}: ${error.message}`)
    failed.push(name)
  }
}
if (failed.length > 0) {
  console.error(`Not to their end: ${failed.join(', ')}.`)
  process.exitCode = 1
}
