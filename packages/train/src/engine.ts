/**
 * Training engines: the TensorFlow.js backends that can run a training step in this process. Each is loaded only when asked for,
 * and `auto` says what it picked and why.
 */
import * as tf from '@tensorflow/tfjs-core'
import { EngineError } from './errors.ts'

export type EngineName = 'auto' | 'node' | 'wasm' | 'cpu'

export interface Engine {
  readonly name: Exclude<EngineName, 'auto'>
  /** One line for a person: what runs, and why the faster ones do not. */
  readonly description: string
}

type Attempt = { readonly started: true; readonly detail: string } | { readonly started: false; readonly reason: string }

/** What is used of `@onebit/tfjs-wasm-training`, which is optional. */
interface TrainingKernelsModule {
  registerTrainingKernels(): Promise<unknown>
}

async function optional(specifier: string): Promise<Record<string, unknown> | undefined> {
  try {
    // A variable keeps bundlers and type checkers from asking for a package that is optional.
    return (await import(/* @vite-ignore */ specifier)) as Record<string, unknown>
  } catch {
    return undefined
  }
}

async function startNode(): Promise<Attempt> {
  if (!(await optional('@tensorflow/tfjs-node'))) return { started: false, reason: 'tfjs-node is not installed' }
  return (await tf.setBackend('tensorflow'))
    ? { started: true, detail: 'native TensorFlow' }
    : { started: false, reason: 'tfjs-node did not start' }
}

async function startWasm(): Promise<Attempt> {
  if (!(await optional('@tensorflow/tfjs-backend-wasm'))) return { started: false, reason: 'tfjs-backend-wasm is not installed' }
  const training = (await optional('@onebit/tfjs-wasm-training')) as TrainingKernelsModule | undefined
  if (!training)
    return {
      started: false,
      reason: '@onebit/tfjs-wasm-training is not installed, and the wasm backend lacks gradients without it',
    }
  if (!(await tf.setBackend('wasm'))) return { started: false, reason: 'the wasm backend did not start' }
  await training.registerTrainingKernels()
  return { started: true, detail: 'WebAssembly SIMD with the training kernels' }
}

async function startCpu(): Promise<Attempt> {
  return (await tf.setBackend('cpu'))
    ? { started: true, detail: 'plain JavaScript, slow' }
    : { started: false, reason: 'the cpu backend did not start' }
}

const engines = { node: startNode, wasm: startWasm, cpu: startCpu } as const
const how: Record<keyof typeof engines, string> = {
  node: 'Install @tensorflow/tfjs-node, or leave the engine on auto.',
  wasm: 'Install @tensorflow/tfjs-backend-wasm and @onebit/tfjs-wasm-training, or leave the engine on auto.',
  cpu: 'Install @tensorflow/tfjs.',
}

/**
 * Starts an engine and makes it TensorFlow.js' backend. `auto` takes the fastest that starts: node, wasm, cpu.
 * @throws EngineError with the reason if the engine, or with `auto` any engine, does not start.
 */
export async function startEngine(name: EngineName = 'auto'): Promise<Engine> {
  // Gradients and chained ops are registered by the union package only.
  if (!(await optional('@tensorflow/tfjs')))
    throw new EngineError({ what: 'TensorFlow.js is not installed.', fix: 'npm install @tensorflow/tfjs' })
  const wanted = name === 'auto' ? (['node', 'wasm', 'cpu'] as const) : ([name] as const)
  const reasons: string[] = []
  for (const candidate of wanted) {
    const attempt = await engines[candidate]()
    if (attempt.started) {
      const why = reasons.length > 0 ? ` (${reasons.join('; ')})` : ''
      return { name: candidate, description: `${candidate}: ${attempt.detail}${why}` }
    }
    reasons.push(attempt.reason)
  }
  throw new EngineError({
    what: name === 'auto' ? 'No training engine starts here.' : `The engine '${name}' does not start here.`,
    received: reasons.join('; '),
    fix: name === 'auto' ? how.wasm : how[name],
  })
}
