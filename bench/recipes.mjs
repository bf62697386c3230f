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
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { digestOf, readJson, resultOf, trainInto } from './training-run.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const RECIPES = here('../packages/cli/recipes/mini/')
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

const file = (name) => join(RECIPES, `${name}.json`)

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
  const digest = digestOf(readFileSync(file(name)))
  if (kept && kept.sha256 === digest) {
    console.log(`${name}: kept from ${kept.finished}`)
    continue
  }
  console.log(`${name}${flags.twin ? ', its float twin' : ''}`)
  const folder = join(flags.folder, [name, flags.twin && 'twin', flags.limit].filter(Boolean).join('-'))
  const options = [
    '--workers',
    flags.workers,
    ...(flags.twin ? ['--float'] : []),
    ...(flags.limit ? ['--limit', flags.limit] : []),
  ]
  try {
    await trainInto(folder, { recipe: name, digest, options, shown: true })
    const { title, paper } = readJson(file(name)).about
    const row = { recipe: name, twin: flags.twin, title, paper, sha256: digest, ...(await resultOf(folder)) }
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
