/**
 * Training engines: the TensorFlow.js backends that can run a training step in this process. Each is loaded only when asked for.
 * `auto` says which one it picked and why.
 */
import { describeValue } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { cpu } from './engines/cpu.ts'
import { node } from './engines/node.ts'
import { optionalModule } from './engines/optional-module.ts'
import type { EngineStarter, StartedEngine } from './engines/starter.ts'
import { wasm } from './engines/wasm.ts'
import { webgpu } from './engines/webgpu.ts'
import { EngineError } from './errors.ts'

/** From the fastest to the slowest: the order in which `auto` tries them. */
const starters: readonly EngineStarter[] = [node, webgpu, wasm, cpu]

/** The names by which callers ask for an engine. */
const ENGINE_NAMES = ['auto', 'wasm', 'node', 'webgpu', 'cpu'] as const

export type EngineName = (typeof ENGINE_NAMES)[number]

export interface Engine {
  readonly name: StartedEngine
  /** One line for a person: the engine that runs and, if `auto` picked it, why it picked none of the others. */
  readonly description: string
}

async function startFastest(): Promise<Engine> {
  const reasons: string[] = []
  for (const [index, { name, start }] of starters.entries()) {
    const attempt = await start({ named: false })
    if (attempt.started) {
      const picked = index === 0 ? 'picked as likely the fastest' : 'picked as likely the fastest that starts here'
      const slower = starters.slice(index + 1).map((starter) => starter.name)
      if (slower.length > 0) reasons.push(`likely slower: ${slower.join(', ')}`)
      return { name, description: `${name}: ${attempt.detail}, ${picked} (${reasons.join('; ')})` }
    }
    reasons.push(`${name}: ${attempt.reason}`)
  }
  throw new EngineError({
    what: `No training engine starts here. Reasons: ${reasons.join('; ')}.`,
    fix: 'npm install @tensorflow/tfjs-backend-wasm @onebit/tfjs-wasm-training',
  })
}

/**
 * Starts an engine and makes it TensorFlow.js' backend. `auto` takes the fastest that starts: native TensorFlow (`node`), WebGPU
 * on hardware, WebAssembly, plain JavaScript.
 * @throws EngineError if the engine does not start, or if `auto` finds none that starts. It gives the reason and says what to do.
 */
export async function startEngine(name: EngineName = 'auto'): Promise<Engine> {
  // Only the union package registers gradients and chained ops. A bundle that has it cannot import it by name.
  if (!tf.getGradient('Conv2D') && !(await optionalModule('@tensorflow/tfjs')).module)
    throw new EngineError({ what: 'TensorFlow.js is not installed.', fix: 'npm install @tensorflow/tfjs' })
  if (name === 'auto') return startFastest()
  const starter = starters.find((candidate) => candidate.name === name)
  if (!starter) {
    throw new EngineError({
      what: 'There is no training engine of this name.',
      expected: ENGINE_NAMES.join(', '),
      received: describeValue(name),
    })
  }
  const attempt = await starter.start({ named: true })
  if (attempt.started) return { name: starter.name, description: `${name}: ${attempt.detail}` }
  throw new EngineError({ what: `The engine '${name}' does not start here. Reason: ${attempt.reason}.`, fix: attempt.fix })
}
