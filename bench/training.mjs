/**
 * Training benchmark: a step of the reference CNN against its forward pass, with our kernels, with stock TensorFlow.js kernels,
 * and in @jax-js/jax; then `@onebit/train` on one thread and on two. All take turns in one process; figures are medians. Engines
 * that need their own process follow, one after the other.
 *
 *   npm run bench -- training [--quick] [--json] [--only REGEX]
 *
 * Needs a build. It compares the losses of the first steps, so that no case is fast by computing something else. Results of full
 * runs are stored in bench/results/training.json. A quick run ends within 50 seconds, so slow cases take only a few steps.
 * `--only` runs the cases with matching names, and does not change the stored figures of others.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs'
import { checkFigures, median } from './figures.mjs'
import { inProcess, OTHER_ENGINES } from './training/cases.mjs'
import { rowOf } from './training/rows.mjs'

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string', default: '' } },
})
const only = new RegExp(flags.only)
const began = performance.now()
const secondsSince = () => (performance.now() - began) / 1000
/** Time after which a quick run begins no further round of a case, in seconds. */
const DEADLINE = flags.quick ? 36 : Number.POSITIVE_INFINITY
/** Largest relative difference of the first two losses, because the first step of Adam amplifies tiny gradients to full steps. */
const TOLERANCE = 2e-3

await tf.setBackend('wasm')
const cases = inProcess.filter(({ name, quick }) => only.test(name) && (quick || !flags.quick))
for (const entry of cases) {
  entry.runner = await entry.start()
  entry.times = { step: [], forward: [] }
  entry.losses = []
  entry.rounds = flags.quick ? entry.quick : entry.full
}

async function time(times, work) {
  const start = performance.now()
  const result = await work()
  times.push(performance.now() - start)
  return result
}

// The first round warms up.
const most = Math.max(0, ...cases.map(({ rounds }) => rounds))
for (let round = 0; round <= most; round++) {
  for (const { runner, times, losses, rounds } of cases) {
    if (round > rounds || (round > 1 && secondsSince() > DEADLINE)) continue
    await runner.prepare?.()
    if (runner.forward) await time(times.forward, runner.forward)
    losses.push(await time(times.step, runner.step))
  }
}
for (const { runner } of cases) await runner.stop?.()

// After signs, the smallest difference, such as statistics of half a batch, changes the loss. So only the real network is
// compared.
for (const { name, network, batch, losses } of cases.filter((entry) => entry.network === 'reference')) {
  const reference = cases.find((entry) => entry.network === network && entry.batch === batch)
  for (const step of [0, 1]) {
    const [expected, received] = [reference.losses[step], losses[step]]
    if (Math.abs(received / expected - 1) < TOLERANCE) continue
    throw new Error(`'${name}' trains something else: its loss at step ${step + 1} is ${received}, expected ${expected}.`)
  }
}

const rows = cases.map(({ name, times }) => rowOf(name, times.step.slice(1), times.forward.slice(1)))
for (const name of OTHER_ENGINES.filter((engine) => only.test(engine))) {
  if (secondsSince() > DEADLINE) break
  const script = fileURLToPath(new URL('./training/engine.mjs', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, name], {
    encoding: 'utf8',
    timeout: flags.quick ? 8000 : 90_000,
  })
  const last = stdout.trim().split('\n').at(-1)
  if (last) rows.push(JSON.parse(last))
  else if (stderr.includes('not finite')) {
    console.error(stderr.trim())
    process.exitCode = 1
  } else console.log(`${name} is not here: ${stderr.trim().split('\n').at(-1) || 'it took too long'}`)
}

const processor = `${cpus()[0].model}, ${cpus().length} CPUs`
const engine = `wasm; ${processor}; Node ${process.version}; flags ${process.execArgv.join(' ') || 'none'}`
console.log(engine)
const width = Math.max(...rows.map(({ case: name }) => name.length))
for (const { case: name, stepMs, forwardMs, stepOverForward, steps } of rows) {
  const forward = forwardMs === null ? '' : `  forward ${forwardMs} ms  ratio ${stepOverForward}`
  console.log(`${name.padEnd(width)}  step ${stepMs} ms${forward}  (median of ${steps})`)
}

/** Median over the rounds in which both took part, because the machine's speed changes from round to round. */
function ratio(slow, fast) {
  const [a, b] = [slow, fast].map((name) => cases.find((entry) => entry.name === name)?.times.step.slice(1))
  if (!a || !b) return undefined
  const rounds = Math.min(a.length, b.length)
  return Number(median(a.slice(0, rounds).map((ms, round) => ms / b[round])).toFixed(2))
}

const compared = cases.flatMap(({ against }) => against ?? [])
const ratios = Object.fromEntries(
  compared.map(({ slow, fast }) => [`${slow} / ${fast}`, ratio(slow, fast)]).filter(([, value]) => value !== undefined),
)
for (const [name, value] of Object.entries(ratios)) console.log(`${name}: ${value}`)
/** A case that times steps alone has no figures of the forward pass. */
const measured = (row) => Object.fromEntries(Object.entries(row).filter(([, figure]) => figure !== null))
const areFinite = checkFigures('training', { ...Object.fromEntries(rows.map((row) => [row.case, measured(row)])), ratios })
if (!flags.quick && areFinite) {
  const command = 'npm run bench -- training'
  const note = 'medians of steps that took turns; ratios are medians over rounds'
  const file = new URL('./results/training.json', import.meta.url)
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { rows: [], ratios: {} }
  const others = kept.rows.filter(({ case: name }) => !rows.some((row) => row.case === name))
  const results = { command, note, engine, rows: [...others, ...rows], ratios: { ...kept.ratios, ...ratios } }
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}
if (flags.json) console.log(JSON.stringify({ engine, rows }))
