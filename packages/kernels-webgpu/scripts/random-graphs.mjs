/**
 * Thousands of random graphs against the reference, in Node and in Chromium:
 *
 *     node packages/kernels-webgpu/scripts/random-graphs.mjs [graphs on each, default 1600]
 *
 * It takes some ten minutes. What it found goes to test/random-graphs.json, which is committed.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const graphs = process.argv[2] ?? '1600'
const seed = process.env.ONEBIT_SEED ?? `${Date.now() % 2 ** 31}`
const root = fileURLToPath(new URL('../../..', import.meta.url))
const places = {
  'Node, Dawn on SwiftShader': { test: 'random-graphs', line: /(\d+) random graphs equal the reference; (\d+) with/g },
  'Chromium, Dawn on SwiftShader': { test: 'chromium', line: /(\d+) random graphs equal the reference in Chromium; (\d+) with/g },
}

const results = {}
for (const [place, { test, line }] of Object.entries(places)) {
  const files = [`packages/kernels-webgpu/test/${test}.test.ts`]
  const env = { ...process.env, ONEBIT_GRAPHS: graphs, ONEBIT_SEED: seed, ONEBIT_REQUIRE_OPTIONAL: '1' }
  const options = { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 26 }
  const { status, stdout, stderr } = spawnSync('npx', ['vitest', 'run', ...files], options)
  if (status !== 0) throw new Error(`${place}:\n${stdout}\n${stderr}`)
  const counts = [...stdout.matchAll(line)].map(([, equal, leftOut]) => ({ equal: Number(equal), leftOut: Number(leftOut) }))
  if (counts.length === 0) throw new Error(`${place} says nothing:\n${stdout}`)
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0)
  results[place] = { equal: sum('equal'), leftOut: sum('leftOut') }
  console.log(place, results[place])
}
const file = new URL('../test/random-graphs.json', import.meta.url)
writeFileSync(file, `${JSON.stringify({ seed: Number(seed), differing: 0, ...results }, undefined, 2)}\n`)
