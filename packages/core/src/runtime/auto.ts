/** A backend that takes the first of several that can run a graph here, and says why it passed others over. */
import type { KernelBackend, PassedOver, Support } from '../contracts/kernel-backend.ts'
import { BackendUnsupportedError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { type TypedGraph, typeGraph } from '../graph/typed-graph.ts'
import { checkArgument } from '../options/check-options.ts'
import { callback, either, list, object, text } from '../options/value-rules.ts'
import { AutoExecutable, type Opened, type OpenNext } from './auto-executable.ts'
import { checkBackend, checkExecutable } from './check-backend.ts'

/** A backend, or the way to one, which is gone only when those before it cannot serve: `create` may import its package. */
export type BackendChoice =
  | KernelBackend
  | { readonly name: string; readonly create: () => KernelBackend | Promise<KernelBackend> }

const choiceRule = either(
  object({ name: text, isSupported: callback, compile: callback }),
  object({ name: text, create: callback }),
)

interface Candidate {
  readonly name: string
  open(): Promise<KernelBackend>
}

/** A choice with its backend made once, or again after that failed. */
function candidateOf(choice: BackendChoice): Candidate {
  const { name } = choice
  if (!('create' in choice)) return { name, open: async () => choice }
  let made: Promise<KernelBackend> | undefined
  return {
    name,
    open: () => {
      made ??= (async () => checkBackend('auto()', await choice.create()))().catch((error) => {
        made = undefined
        throw error
      })
      return made
    },
  }
}

interface Usable {
  readonly backend: KernelBackend
  readonly support: Support
}

/** @throws BackendUnsupportedError where it cannot run here, or only on a renderer that others outrun. */
async function openIfHardware({ name, open }: Candidate): Promise<Usable> {
  const backend = await open()
  const support = await backend.isSupported()
  if (!support.supported) throw new BackendUnsupportedError({ what: support.reason, fix: support.fix })
  if (support.isSoftware) {
    const what = `${support.device ?? 'Its device'} is software on the processor, which other backends outrun. Ask for '${name}' alone to run there.`
    throw new BackendUnsupportedError({ what })
  }
  return { backend, support }
}

function refusal(passedOver: readonly PassedOver[], cause?: unknown): BackendUnsupportedError {
  return new BackendUnsupportedError(
    {
      what: 'None of the backends of auto() can run this here.',
      received: passedOver.map(({ backend, reason }) => `${backend}: ${reason}`).join(' '),
      fix: 'Add `reference`, which runs everywhere.',
    },
    { cause },
  )
}

/**
 * A backend of several, in order: a graph goes to the first that runs here, on no software adapter, and compiles it. Networks say which one
 * that is (`backend`), and why not one before it (`passedOver`). If a run fails twice for a reason that is not its inputs, the next
 * backend takes the network over, and does that run.
 * @param choices For example `[webgpu(), wasm({ threads: 'auto' }), wasm(), reference]`.
 * @throws OptionError unless each is a backend, or has a name and `create`. Its `compile` throws GraphError on an invalid graph, and
 * BackendUnsupportedError with all reasons if none can run it.
 */
export function auto(choices: readonly BackendChoice[]): KernelBackend {
  checkArgument('auto()', 'choices', choices, list(choiceRule, { minimum: 1 }))
  const candidates = choices.map(candidateOf)
  const openerOf =
    (typed: TypedGraph): OpenNext =>
    async (place, passedOver) => {
      let cause: unknown
      for (let next = place; next < candidates.length; next++) {
        const candidate = candidates[next]
        try {
          const { backend } = await openIfHardware(candidate)
          const executable = checkExecutable(backend.name, await backend.compile(typed))
          return { executable, place: next, name: candidate.name, passedOver } satisfies Opened
        } catch (error) {
          cause = error
          passedOver = [...passedOver, { backend: candidate.name, reason: (error as Error).message }]
        }
      }
      throw refusal(passedOver, cause)
    }
  return {
    name: 'auto',
    isSupported: async () => {
      const passedOver: PassedOver[] = []
      for (const candidate of candidates) {
        try {
          return (await openIfHardware(candidate)).support
        } catch (error) {
          passedOver.push({ backend: candidate.name, reason: (error as Error).message })
        }
      }
      return { supported: false, reason: refusal(passedOver).message }
    },
    compile: async (graph: Graph | TypedGraph) => {
      const open = openerOf(typeGraph(graph))
      return new AutoExecutable(open, await open(0, []))
    },
  }
}
