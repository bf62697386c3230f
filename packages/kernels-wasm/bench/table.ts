/**
 * The whole table: `npm run bench -- kernels table [--processes 5] [--at-most 1]`. Strict SIMD on this Node and relaxed SIMD on Node 24
 * take turns, with a process per section. Each process leaves its rows in runs/bench, so a table can be made in pieces: `--at-most` ends
 * after that many processes, and the next call goes on. The last one writes bench/results. `--render` only draws the results again.
 * Delete runs/bench to start over.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { type KernelResults, type Machine, mergeProcesses, type ProcessResult } from './results/kernel-results.ts'
import { renderResults } from './results/render.ts'

const SECTIONS = ['layers', 'network', 'two-threads', 'float', 'published'] as const
const root = fileURLToPath(new URL('../../../', import.meta.url))
const script = join(root, 'packages/kernels-wasm/bench/run.mjs')
const folder = join(root, 'runs/bench')
const results = join(root, 'bench/results')

const ENGINES = [
  { name: 'strict', node: process.execPath, options: ['--strict'] },
  { name: 'relaxed', node: join(root, 'tools/node-versions/node_modules/node-24/bin/node'), options: [] },
] as const
type Engine = (typeof ENGINES)[number]
type Section = (typeof SECTIONS)[number]

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    processes: { type: 'string', default: '5' },
    'at-most': { type: 'string', default: 'Infinity' },
    render: { type: 'boolean', default: false },
  },
})
const processes = Number(options.processes)

const fileOf = (engine: Engine, section: Section, turn: number): string => join(folder, `${engine.name}-${section}-${turn}.json`)

async function start({ node, options: flags }: Engine, section: Section): Promise<ProcessResult> {
  const load = loadavg()[0]
  const { stdout } = await promisify(execFile)(node, [script, section, '--json', ...flags], { cwd: root })
  return { load, ...JSON.parse(stdout.trim().split('\n').at(-1)!) }
}

/** The remaining processes: every engine and section once before any of them a second time. */
function pending(): { engine: Engine; section: Section; turn: number }[] {
  const turns = Array.from({ length: processes }, (_, turn) => turn)
  return turns
    .flatMap((turn) => SECTIONS.flatMap((section) => ENGINES.map((engine) => ({ engine, section, turn }))))
    .filter(({ engine, section, turn }) => !existsSync(fileOf(engine, section, turn)))
}

async function read(engine: Engine, section: Section): Promise<ProcessResult[]> {
  const files = Array.from({ length: processes }, (_, turn) => fileOf(engine, section, turn))
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8'))))
}

/** Only Linux reports the instruction sets. */
async function describeMachine(): Promise<Machine> {
  const information = await readFile('/proc/cpuinfo', 'utf8').catch(() => '')
  const flags = /^flags\s*:(.*)$/m.exec(information)?.[1].trim().split(' ') ?? []
  const extensions = ['avx2', 'fma', 'avx512f', 'avx_vnni', 'avx512_vnni'].filter((extension) => flags.includes(extension))
  return { processor: cpus()[0]?.model ?? 'unknown', processors: availableParallelism(), extensions }
}

async function collect(): Promise<KernelResults> {
  const sectionsOf = (engine: Engine): Promise<ProcessResult[][]> => Promise.all(SECTIONS.map((section) => read(engine, section)))
  return {
    command: `npm run bench -- kernels table --processes ${processes}`,
    date: new Date().toISOString(),
    machine: await describeMachine(),
    processes,
    tables: await Promise.all(ENGINES.map(async (engine) => mergeProcesses(await sectionsOf(engine)))),
  }
}

async function render(): Promise<void> {
  const kept: KernelResults = JSON.parse(await readFile(join(results, 'kernels.json'), 'utf8'))
  for (const [name, content] of Object.entries(renderResults(kept))) await writeFile(join(results, name), content)
}

if (options.render) {
  await render()
} else {
  await mkdir(folder, { recursive: true })
  await promisify(execFile)(process.execPath, [script, 'published', 'prepare'], { cwd: root })
  const missing = pending()
  for (const { engine, section, turn } of missing.slice(0, Number(options['at-most']))) {
    const result = await start(engine, section)
    await writeFile(fileOf(engine, section, turn), JSON.stringify(result))
    console.log(`${engine.name} ${section} ${turn + 1}: load ${result.load.toFixed(1)}, ${result.rows.length} rows`)
  }
  const remaining = pending().length
  if (remaining > 0) {
    console.log(`${remaining} processes to go: the same command goes on`)
  } else {
    await writeFile(join(results, 'kernels.json'), `${JSON.stringify(await collect(), null, 2)}\n`)
    await render()
  }
}
