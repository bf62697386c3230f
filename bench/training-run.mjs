/** Runs of the command for benchmarks: training that continues where it was interrupted, and the results of a run and its frozen file. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { notFinite } from './figures.mjs'

const COMMAND = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url))

export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

export const digestOf = (text) => createHash('sha256').update(text).digest('hex')

/** @returns the standard output of the command. Its standard error appears if it is shown, or fails. @throws Error on any exit code except success. */
async function onebit(argv, { shown = false } = {}) {
  const child = spawn(process.execPath, [COMMAND, ...argv], {
    stdio: ['ignore', ...(shown ? ['inherit', 'inherit'] : ['pipe', 'pipe'])],
  })
  const [stdout, stderr] = [[], []]
  child.stdout?.on('data', (part) => stdout.push(part))
  child.stderr?.on('data', (part) => stderr.push(part))
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (...end) => resolve(end))
  })
  if (code === 0) return Buffer.concat(stdout).toString('utf8')
  process.stderr.write(Buffer.concat(stderr))
  throw new Error(`onebit ${argv.join(' ')} ended with ${signal ?? `code ${code}`}.`)
}

/**
 * Trains a recipe into a folder, continues an interrupted run, or keeps a finished one. A folder of another digest is trained
 * again.
 * @param options More options of `onebit train`.
 */
export async function trainInto(folder, { recipe, digest, options, shown }) {
  const mark = `${folder}.sha256`
  const isSame = existsSync(mark) && readFileSync(mark, 'utf8') === digest
  const record = join(folder, 'run.json')
  if (isSame && existsSync(record) && !readJson(record).interrupted) return
  if (isSame && existsSync(join(folder, 'checkpoints'))) {
    await onebit(['train', '--resume', folder, '--take-over'], { shown })
    return
  }
  mkdirSync(dirname(folder), { recursive: true })
  writeFileSync(mark, digest)
  await onebit(['train', recipe, '--out', folder, '--engine', 'wasm', '--force', ...options], { shown })
}

/** The results of a run and its frozen file, unchanged. @throws Error if one is not a finite number. */
export async function resultOf(folder) {
  const { engine, seconds, stages, epochs, test, options } = readJson(join(folder, 'run.json'))
  const file = `${folder}.safetensors`
  const frozen = JSON.parse(await onebit(['freeze', folder, '--out', file, '--json']))
  const { metrics, count, backend } = JSON.parse(await onebit(['eval', file, '--json']))
  const result = {
    engine,
    node: process.version,
    processor: `${cpus()[0].model}, ${cpus().length} CPUs`,
    finished: statSync(join(folder, 'run.json')).mtime.toISOString(),
    seconds,
    batchSize: options.batchSize,
    seed: options.seed,
    stages: stages.map(({ name: stage, epochs: length }) => ({ name: stage, epochs: length })),
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
  const wrong = notFinite({ test, frozen: result.frozen, losses: result.epochs.map(({ loss }) => loss) })
  if (wrong.length > 0) throw new Error(`not finite: ${wrong.join(', ')}`)
  return result
}
