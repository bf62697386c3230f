/** Calls the command's functions with garbage: see `test/public-functions.ts`. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GraphBuilder, saveModel } from '@onebit/core'
import { blankPicture, encodePng } from '@onebit/image'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll } from 'vitest'
import { testPublicFunctions } from '../../../test/public-functions.ts'
import * as cli from '../src/index.ts'

await tf.setBackend('cpu')

const folder = mkdtempSync(join(tmpdir(), 'onebit-public-'))
const [file, image, run] = ['model.safetensors', 'picture.png', 'run'].map((name) => join(folder, name))
afterAll(() => rm(folder, { recursive: true, force: true }))

const builder = new GraphBuilder()
const mean = builder.node('mean', { inputs: [builder.input('image', [4, 4, 3])], attributes: { axes: [0, 1] } })
builder.output('scores', builder.node('softmax', { inputs: [mean] }))
builder.metadata({ task: 'classify', labels: '["red","green","blue"]' })
const graph = builder.build()

beforeAll(async () => {
  await saveModel(graph, file)
  writeFileSync(image, encodePng(blankPicture(4, 4, 3, 9)))
  await cp(fileURLToPath(new URL('first-run', import.meta.url)), run, { recursive: true })
})

/** A temporary folder for functions that write, so that garbage cannot name a folder of the user. */
const below = (options: unknown): never => {
  const moved = (path: unknown): unknown =>
    typeof path === 'string' && path !== '' && !path.startsWith(folder) ? join(folder, path) : path
  const { out, draw } = (options ?? {}) as { out?: unknown; draw?: unknown }
  const isRecord = Object.prototype.toString.call(options) === '[object Object]'
  if (!isRecord || (out === undefined && draw === undefined)) return options as never
  return {
    ...(options as object),
    ...(out !== undefined && { out: moved(out) }),
    ...(draw !== undefined && { draw: moved(draw) }),
  } as never
}

const quiet = { write: () => true }
const shell = new cli.Shell({ stdout: quiet, stderr: quiet })
const recipe = {
  dataset: { name: 'fashion-mnist' },
  model: { network: 'resnet-small', block: 'react' },
  training: { epochs: 1 },
} as const
const stopped = new cli.Shell({ stdout: quiet, stderr: quiet, signal: AbortSignal.abort() })
const located = cli.defineRecipe(recipe as never)
const registry = cli.defaultRegistry()

testPublicFunctions(cli, {
  // The registry as `createRegistry` returns it, because its functions are not options.
  backendNamed: [Object.create(registry), 'reference'],
  compileForTfjs: [tf, graph],
  // Aborted from the start, because garbage may ask for any number of runs.
  benchFile: {
    good: [{ file, backends: ['reference'], against: [], runs: 1, batch: 1, plugins: [] }, stopped],
    options: [0],
    refuses: true,
    call: (options: never, given: never = stopped as never) => cli.benchFile(options, given),
  },
  evaluateFile: {
    good: [
      {
        file,
        data: { name: 'image-folder', folder: join(folder, 'nowhere') },
        folder: join(folder, 'nowhere'),
        download: false,
        split: undefined,
        limit: 1,
        validation: 0.1,
        part: 'test',
        flipTest: true,
        backend: 'reference',
        plugins: [],
        decodeWorker: undefined,
      },
      shell,
    ],
    options: [0],
    refuses: true,
  },
  freezeRun: {
    good: [{ run, out: join(folder, 'frozen.safetensors'), plugins: [] }, shell],
    options: [0],
    call: (options: never, ...rest: never[]) => cli.freezeRun(below(options), ...rest),
  },
  listPlugins: { good: [{ plugins: [] }], options: [0] },
  reportRun: {
    good: [{ run, out: join(folder, 'report.html'), plugins: [] }],
    options: [0],
    call: (options: never) => cli.reportRun(below(options)),
  },
  runFile: {
    good: [
      {
        file,
        image,
        task: 'classify',
        backend: 'reference',
        invert: false,
        background: 'white',
        top: 2,
        draw: join(folder, 'drawn.png'),
        plugins: [],
      },
      shell,
    ],
    options: [0],
    call: (options: never, ...rest: never[]) => cli.runFile(below(options), ...rest),
  },
  summarize: { good: [{ source: file, convention: 'standard', backend: 'reference', plugins: [] }], options: [0] },
  trainRun: {
    good: [
      {
        recipe: located,
        out: join(folder, 'new'),
        engine: 'cpu',
        force: true,
        resume: false,
        badFiles: 'throw',
        takeOver: true,
        checkpointEvery: 1,
        decodeWorker: undefined,
      },
      stopped,
    ],
    options: [0],
    refuses: true,
    call: (options: never, ...rest: never[]) => cli.trainRun(below(options), ...rest),
  },
  loadPlugins: [[], folder],
  checkPlan: [located],
  defineRecipe: [recipe, []],
  readRecipe: {
    good: ['bi-real', [{ flag: '--block', path: ['model', 'block'], value: 'react' }], { plugins: [] }],
    options: [2],
  },
  defaultRegistry: [[]],
  runCli: [['plugins', '--json'], { stdout: quiet, stderr: quiet }],
  Shell: { good: [{ stdout: quiet, stderr: quiet, json: true, debug: false, signal: AbortSignal.abort() }], options: [0] },
})
