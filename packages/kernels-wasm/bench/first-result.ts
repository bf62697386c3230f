/**
 * Times the way from a model file to the first result. A fresh process each time reads Real-to-Binary ResNet-18 at 224 from disk, checks
 * it, compiles it (kernels and trial of tiles included) and runs it once. `node packages/kernels-wasm/bench/run.mjs first-result
 * [--strict]` prints milliseconds, medians over processes, as one line of JSON.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readModelFile, reference, writeModel } from '@onebit/core'
import { wasm } from '../src/index.ts'

const PROCESSES = 7
const image = Float32Array.from({ length: 224 * 224 * 3 }, (_, index) => Math.sin(index))

interface Answer {
  /** Milliseconds. */
  readonly read: number
  readonly compile: number
  readonly run: number
  readonly y: number[]
}

/** Work of a fresh process. */
async function firstResult(path: string): Promise<Answer> {
  const start = performance.now()
  const graph = await readModelFile(path)
  const read = performance.now()
  const network = await wasm({ relaxedSimd: !process.argv.includes('--strict') }).compile(graph)
  const compiled = performance.now()
  const { y } = await network.run({ image })
  return { read: read - start, compile: compiled - read, run: performance.now() - compiled, y: [...y] }
}

async function measure(): Promise<void> {
  // The network's file imports TensorFlow.js for its rival. The fresh processes do not need it.
  const { graph } = await import('./network-graph.ts')
  const { engine, median, same } = await import('./harness.ts')
  const folder = await mkdtemp(join(tmpdir(), 'onebit-'))
  const path = join(folder, 'model.safetensors')
  await writeFile(path, writeModel(graph))
  const { y: expected } = await (await reference.compile(graph)).run({ image })
  const answers: Answer[] = []
  for (let turn = 0; turn < PROCESSES; turn++) {
    const options = { env: { ...process.env, ONEBIT_FIRST_RESULT: path }, maxBuffer: 2 ** 20 }
    const command = [fileURLToPath(import.meta.url), ...process.argv.slice(2)]
    const { stdout } = await promisify(execFile)(process.execPath, command, options)
    const answer: Answer = JSON.parse(stdout)
    if (!same(answer.y, expected)) throw new Error('The network computes something else.')
    answers.push(answer)
  }
  const medianOf = (value: (answer: Answer) => number): number => median(answers.map(value))
  console.log(
    JSON.stringify({
      network: 'Real-to-Binary ResNet-18 at 224',
      fileBytes: (await stat(path)).size,
      readMs: medianOf(({ read }) => read),
      compileMs: medianOf(({ compile }) => compile),
      firstRunMs: medianOf(({ run }) => run),
      totalMs: medianOf(({ read, compile, run }) => read + compile + run),
      verified: true,
      ...engine,
    }),
  )
  await rm(folder, { recursive: true })
}

const path = process.env.ONEBIT_FIRST_RESULT
if (path === undefined) await measure()
else console.log(JSON.stringify(await firstResult(path)))
