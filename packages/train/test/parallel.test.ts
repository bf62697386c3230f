/** Training on threads: the same curve as on one thread, reproducible bits, and no work lost when a thread ends. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { bundleProcess, bundleThreads } from './process-bundle.ts'

interface Results {
  readonly tensors: { readonly main: number; readonly threads: readonly (readonly number[])[] }
  readonly one: readonly number[]
  readonly synchronized: readonly number[]
  readonly apart: readonly number[]
  readonly whole: string
  readonly interrupted: string
  readonly synchronizedStages: string
  readonly packaged: string
  readonly strangers: Readonly<Record<'one' | 'two' | 'resumed', readonly number[]>>
  readonly lost: { readonly name: string; readonly message: string; readonly resumedAt: number; readonly resumed: string }
  readonly refused: Readonly<Record<'quantizer' | 'task' | 'module' | 'engine' | 'count' | 'batch' | 'changed', string>>
}

let results: Results

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onebit-threads-'))
  try {
    const script = await bundleProcess(folder, 'parallel-process')
    await bundleThreads(folder)
    const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: 1e8 })
    results = JSON.parse(stdout.trim().split('\n').at(-1)!)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  // This takes half a minute on an idle machine: some fifteen teams of threads start, one after the other.
}, 300_000)

const furthest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, loss, step) => Math.max(most, Math.abs(loss - b[step]) / b[step]), 0)

test('with synchronized BatchNorm the loss of every step is that of one thread, however the batch is split', () => {
  expect(results.one).toHaveLength(32)
  expect(results.one.at(-1)).toBeLessThan(results.one[0])
  expect(furthest(results.synchronized, results.one)).toBeLessThan(1e-4)
})

test('without it, each thread has its own statistics', () => {
  expect(furthest(results.apart, results.one)).toBeGreaterThan(1e-3)
})

test('the same number of threads gives the same bits, with all random options, also after an interruption', () => {
  expect(results.interrupted).toBe(results.whole)
  expect(results.synchronizedStages).not.toBe(results.whole)
})

test('quantizers of installed packages are found by themselves', () => {
  expect(results.packaged).toBe(results.whole)
})

test("a third party's task, loss and distiller with its variables train on threads as on one, also after an interruption", () => {
  const { one, two, resumed } = results.strangers
  expect(one.length).toBeGreaterThan(200)
  for (const [index, value] of two.entries()) expect(Math.abs(value - one[index])).toBeLessThan(1e-4)
  expect(resumed).toEqual(two)
})

test('a lost thread is an error; the steps before it are kept, and the resumed run ends with the same bits', () => {
  const { name, message, resumedAt, resumed } = results.lost
  expect(name).toBe('WorkerError')
  expect(message).toContain('Training thread 2 of 2 is lost: it ended with code 7.')
  expect(resumedAt).toBe(18)
  expect(resumed).toBe(results.synchronizedStages)
})

test('no thread leaks tensors', () => {
  const { main, threads } = results.tensors
  expect(main).toBe(0)
  expect(threads).toHaveLength(32)
  for (const counts of threads.slice(1)) expect(counts).toEqual(threads[1])
})

test('a model or plugin that threads cannot rebuild is refused with the reason', () => {
  const { quantizer, task, module, engine, count, batch, changed } = results.refused
  expect(quantizer).toMatch(/^WorkerError: .*There is no quantizer named 'unlisted-sign'/)
  expect(task).toMatch(/^WorkerError: .*There is no task named 'brightness'/)
  expect(module).toMatch(/^WorkerError: .*'file:\/\/\/nowhere.js' of plugins cannot be imported/)
  expect(engine).toMatch(/^OptionError: The engine 'cpu' does not train on worker threads/)
  expect(count).toMatch(/^OptionError: trainStages\(\) refuses its option 'workers'\. Expected an integer of at least 1/)
  expect(batch).toMatch(/^OptionError: There are more workers than images in a batch/)
  expect(changed).toMatch(/^CheckpointError: .*'workers' changed/)
})
