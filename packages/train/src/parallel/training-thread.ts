/** A training thread. `thread-team.ts` starts it. It holds one replica at a time and takes a step when it is told to. */
import { parentPort, workerData } from 'node:worker_threads'
import { OnebitError } from '@onebit/core'
import { startEngine } from '../engine.ts'
import type { FromThread, ThreadData, ToThread } from './messages.ts'
import { Rendezvous } from './rendezvous.ts'
import { Replica } from './replica.ts'
import { ThreadPlugins } from './thread-plugins.ts'

const { replica: index, replicas, engine, plugins: modules, meetings } = workerData as ThreadData
const port = parentPort!
const say = (message: FromThread): void => port.postMessage(message)
const rendezvous = new Rendezvous(meetings, index, replicas)

async function start(): Promise<void> {
  await startEngine(engine)
  const plugins = await ThreadPlugins.load(modules)
  let replica: Replica | undefined
  const answer = async (message: ToThread): Promise<FromThread> => {
    if (message.type === 'step') return replica!.step(message)
    replica?.dispose()
    replica = await Replica.create(message, { replica: index, replicas, plugins, rendezvous })
    return { type: 'stage' }
  }
  port.on('message', (message: ToThread) => void answer(message).then(say, fail))
  say({ type: 'started' })
}

function fail(error: unknown): void {
  const parts = OnebitError.isInstance(error) ? error.parts : { what: `${(error as Error).message ?? error}` }
  say({ type: 'error', parts })
}

start().catch(fail)
