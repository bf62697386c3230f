/**
 * The whole network on one thread and on two, run by run in turn, and what two threads could do at most on this machine at this
 * time: two networks of one thread each, at the same time. `node packages/kernels-wasm/bench/run.mjs two-threads [--strict]` prints
 * milliseconds and speed-ups as one line of JSON, after one and two threads gave the reference backend's bits.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { reference } from '@onebit/core'
import { wasm } from '../src/index.ts'
import { engine, median, randomFloats, relaxed, same } from './harness.ts'
import { graph, IMAGE } from './network-graph.ts'

const WARM_UP = 20
const ROUNDS = 100

const inputs = { image: randomFloats(IMAGE[0] * IMAGE[1] * IMAGE[2]) }
const one = await wasm({ relaxedSimd: relaxed }).compile(graph)

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
  const times: { one: number; two: number; both: number }[] = []
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const turn = { one: await time(one), two: await time(two), both: await timeBoth() }
    if (round >= 0) times.push(turn)
  }
  await verify()
  console.log(
    JSON.stringify({
      network: 'Real-to-Binary ResNet-18 at 224',
      oneThreadMs: median(times.map((turn) => turn.one)),
      twoThreadsMs: median(times.map((turn) => turn.two)),
      speedUp: median(times.map((turn) => turn.one / turn.two)),
      mostPossible: median(times.map((turn) => (2 * turn.one) / turn.both)),
      shareOfPossible: median(times.map((turn) => turn.both / 2 / turn.two)),
      verified: true,
      ...engine,
    }),
  )
  two.dispose()
  await neighbor.terminate()
}

if (isMainThread) {
  await measure()
} else {
  parentPort!.on('message', async () => parentPort!.postMessage(await time(one)))
  parentPort!.postMessage(0)
}
