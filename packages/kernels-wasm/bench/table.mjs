/**
 * The figures of docs/kernels.md: medians over processes of the quick benchmark, strict SIMD on this Node and relaxed SIMD on Node 24,
 * the two taking turns: `node packages/kernels-wasm/bench/table.mjs [processes]`. Written to bench/results/kernels.json.
 */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const processes = Number(process.argv[2] ?? 5)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const script = fileURLToPath(new URL('./run.mjs', import.meta.url))
const engines = [
  { node: process.execPath, options: ['--strict'] },
  { node: `${root}node_modules/node-24/bin/node`, options: [] },
]

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

async function quick({ node, options }) {
  const { stdout } = await promisify(execFile)(node, [script, '--quick', '--json', ...options], { cwd: root })
  return { load: loadavg()[0], ...JSON.parse(stdout.trim().split('\n').at(-1)) }
}

const runs = engines.map(() => [])
for (let turn = 0; turn < processes; turn++)
  for (const [index, engine] of engines.entries()) runs[index].push(await quick(engine))

const tables = runs.map((list) => ({
  engine: list[0].engine,
  flags: list[0].flags,
  loads: list.map(({ load }) => load),
  rows: list[0].rows.map((row, index) => {
    const same = list.map(({ rows }) => rows[index])
    const verified = same.every((each) => each.verified)
    const of = (key) => median(same.map((each) => each[key]))
    const ratios = same.map(({ ratio }) => ratio)
    return { ...row, oursMs: of('oursMs'), peerMs: of('peerMs'), ratio: verified ? median([...ratios]) : null, ratios, verified }
  }),
}))
const machine = { processor: cpus()[0]?.model, processors: availableParallelism() }
const result = {
  command: `node packages/kernels-wasm/bench/table.mjs ${processes}`,
  date: new Date().toISOString(),
  machine,
  processes,
  tables,
}
await mkdir(`${root}bench/results`, { recursive: true })
await writeFile(`${root}bench/results/kernels.json`, `${JSON.stringify(result, null, 2)}\n`)
for (const { engine, rows } of tables) {
  console.log(engine)
  for (const row of rows)
    console.log(`  ${row.case}: ${row.ratio === null ? 'NOT VERIFIED' : row.ratio.toFixed(2)} (${row.peer})`)
}
