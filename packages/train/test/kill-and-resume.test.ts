/**
 * A run that is killed with SIGKILL at random instants and resumed ends with the weights of the uninterrupted run, bit for bit.
 * `ONEBIT_KILLS=50` kills it more often.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Random } from '@onebit/data'
import { expect, onTestFailed, test } from 'vitest'
import { bundleProcess } from './process-bundle.ts'

const kills = Number(process.env.ONEBIT_KILLS ?? 6)
const seed = Number(process.env.ONEBIT_SEED ?? Date.now() % 2 ** 32)

interface Outcome {
  readonly killed: boolean
  readonly lines: readonly string[]
  /** Between the first line and the end. */
  readonly milliseconds: number
}

/** @param killAfter Milliseconds after training began. */
async function trainIn(script: string, out: string, killAfter?: number): Promise<Outcome> {
  const child = spawn(process.execPath, [script, out], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  let began = 0
  let timer: NodeJS.Timeout | undefined
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    if (line !== 'start') return
    began = performance.now()
    if (killAfter !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAfter)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  if (signal === null && code !== 0) throw new Error(`The training process ended with ${code}: ${lines.join('\n')}`)
  return { killed: signal === 'SIGKILL', lines, milliseconds: performance.now() - began }
}

/** The files of a run, without times. */
async function remains(out: string): Promise<unknown> {
  const run = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'))
  const timeless = (record: object): object => ({ ...record, seconds: 0, imagesPerSecond: 0 })
  const log = (await readFile(join(out, 'log.jsonl'), 'utf8')).trim().split('\n')
  return {
    files: (await readdir(out)).sort(),
    losses: run.losses,
    epochs: run.epochs.map(timeless),
    log: log.map((line) => timeless(JSON.parse(line))),
  }
}

test(`${kills} kills at random instants do not change a bit of the result`, { timeout: 60_000 + 8000 * kills }, async () => {
  onTestFailed(() => console.log(`ONEBIT_SEED=${seed}`))
  const folder = await mkdtemp(join(tmpdir(), 'onebit-kill-'))
  try {
    const script = await bundleProcess(folder)
    const whole = join(folder, 'whole')
    const { milliseconds } = await trainIn(script, whole)
    const random = new Random(seed)
    const killed = join(folder, 'killed')
    let resumed = 0
    let count = 0
    while (count < kills) {
      // Delays are short, so that many kills fit into one run. If a run finishes, it starts again and is killed again.
      const outcome = await trainIn(script, killed, random.uniform() * (milliseconds / Math.min(kills, 8)))
      resumed += outcome.lines.filter((line) => line.startsWith('resume')).length
      expect(outcome.lines.filter((line) => line.startsWith('warning'))).toEqual([])
      if (outcome.killed) count++
      else await rm(killed, { recursive: true })
    }
    const { lines } = await trainIn(script, killed)
    resumed += lines.filter((line) => line.startsWith('resume')).length
    expect(lines.at(-1)).toBe('done 5')
    expect(resumed).toBeGreaterThan(0)
    expect(await readFile(join(killed, 'weights.bin'))).toEqual(await readFile(join(whole, 'weights.bin')))
    expect(await remains(killed)).toEqual(await remains(whole))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
