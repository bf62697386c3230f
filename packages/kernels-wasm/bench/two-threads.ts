/**
 * The whole network on one thread and on two, in turn run by run, and the upper bound for two threads on this machine at this time: two
 * networks of one thread each, at the same time. One and two threads must give the reference backend's bits before and after.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { reference } from '@onebit/core'
import { wasm } from '../src/index.ts'
import { median, randomFloats, relaxed, same } from './harness.ts'
import { graph, IMAGE, NETWORK } from './network-graph.ts'
import { addRow, finish } from './report.ts'

const WARM_UP = 20
const ROUNDS = 100

const inputs = { image: randomFloats(IMAGE[0] * IMAGE[1] * IMAGE[2]) }
const one = await wasm({ relaxedSimd: relaxed }).compile(graph)

/** Milliseconds of one round. */
interface Turn {
  readonly one: number
  readonly two: number
  readonly both: number
}

/** Milliseconds of a run. */
async function time(network: typeof one): Promise<number> {
  const start = performance.now()
  await network.run(inputs)
  return performance.now() - start
}

async function measure(): Promise<void> {
  const two = await wasm({ relaxedSimd: relaxed, threads: 2 }).compile(graph)
  if (two.threads !== 2) throw new Error(`There is one thread: ${two.reason}`)
  const { y: expected } = await (await reference.compile(graph)).run(inputs)
  const verify = async (): Promise<void> => {
    for (const network of [one, two]) {
      if (!same((await network.run(inputs)).y, expected)) throw new Error(`${network.threads} threads compute something else.`)
    }
  }
  const neighbor = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) })
  const answer = (): Promise<number> => new Promise((resolve) => neighbor.once('message', resolve))
  await answer()
  /** Milliseconds of two runs at the same time, of one network each. */
  const timeBoth = async (): Promise<number> => {
    const theirs = answer()
    neighbor.postMessage('run')
    return ((await time(one)) + (await theirs)) / 2
  }

  await verify()
  const times: Turn[] = []
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const turn = { one: await time(one), two: await time(two), both: await timeBoth() }
    if (round >= 0) times.push(turn)
  }
  await verify()
  const row = (name: string, ours: (turn: Turn) => number): void =>
    addRow({
      case: `${NETWORK} at 224, ${name}`,
      oursMs: median(times.map(ours)),
      peer: 'kernels-wasm, 1 thread',
      peerMs: median(times.map((turn) => turn.one)),
      ratio: median(times.map((turn) => turn.one / ours(turn))),
      verified: true,
    })
  row('2 threads', (turn) => turn.two)
  row('two at once on 1 thread each, per network', (turn) => turn.both / 2)
  finish()
  two.dispose()
  await neighbor.terminate()
}

if (isMainThread) {
  await measure()
} else {
  parentPort!.on('message', async () => parentPort!.postMessage(await time(one)))
  parentPort!.postMessage(0)
}
