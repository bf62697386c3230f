/** How many threads a run trains on, and what they need to know. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkOptions, OptionError, rules, type ValueRules } from '@onebit/core'

/** Threads that each train a replica of the network on a part of every batch. */
export interface WorkerOptions {
  /** Threads: an integer of at least 1, which trains on this thread alone; more than there are processors gains nothing. */
  readonly count: number
  /**
   * BatchNorm takes its statistics from the whole batch instead of each thread's part: the loss curve is that of one thread.
   * @default false
   */
  readonly synchronizeBatchNorm?: boolean
  /**
   * Modules that bring plugins into the threads: URLs, or packages as the working folder has them installed. Their default export is a list
   * of plugins, or a function that returns one; the function may also teach TensorFlow.js own layers. Plugins that tell their package, and
   * whose package is installed, need no mention: the task, losses, distillers, and the model's quantizers.
   */
  readonly plugins?: readonly (string | URL)[]
}

/** What `count` may be is looked at below: it hangs on the batch. */
const OPTIONS: ValueRules<keyof WorkerOptions> = {
  count: rules.anything,
  synchronizeBatchNorm: rules.boolean,
  plugins: rules.list(rules.either(rules.text, rules.address)),
}

/** Options with defaults filled in and modules found. */
export interface ResolvedWorkers {
  readonly count: number
  readonly synchronizeBatchNorm: boolean
  /** URLs. */
  readonly plugins: readonly string[]
}

/** The URL of a package's module, as the working folder has it installed; a URL stays as it is. */
function resolveModule(specifier: string): string {
  if (/^(file|data|node):/.test(specifier)) return specifier
  return pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(specifier)).href
}

/** The URL of a package's module, if the package is installed, in the working folder or beside this one. */
export function findModule(specifier: string): string | undefined {
  try {
    return resolveModule(specifier)
  } catch {
    try {
      return pathToFileURL(createRequire(import.meta.url).resolve(specifier)).href
    } catch {
      return undefined
    }
  }
}

function moduleUrl(specifier: string | URL): string {
  const text = `${specifier}`
  try {
    return resolveModule(text)
  } catch (error) {
    throw new OptionError(
      {
        what: `There is no module '${text}' of plugins for the training threads.`,
        expected: 'a URL, or a package that is installed in the working folder',
        received: (error as Error).message.split('\n')[0],
        fix: `Give new URL('./plugins.js', import.meta.url), or import.meta.resolve('${text}').`,
      },
      { cause: error },
    )
  }
}

/**
 * @returns `undefined` for a run on this thread alone.
 * @throws OptionError on a bad count, a batch that is too small to be split, or a module that is not there.
 */
export function resolveWorkers(workers: number | WorkerOptions | undefined, batchSize: number): ResolvedWorkers | undefined {
  if (workers === undefined) return undefined
  const given = checkOptions<WorkerOptions>('workers', typeof workers === 'number' ? { count: workers } : workers, OPTIONS)
  const { count, synchronizeBatchNorm = false, plugins = [] } = given
  if (!Number.isInteger(count) || count < 1) {
    throw new OptionError({
      option: 'workers',
      what: 'Bad number of workers.',
      expected: 'an integer of at least 1',
      received: `${count}`,
    })
  }
  if (count === 1) return undefined
  if (count > batchSize) {
    throw new OptionError({
      option: 'workers',
      what: 'There are more workers than images in a batch.',
      expected: `at most ${batchSize}`,
      received: `${count}`,
    })
  }
  return { count, synchronizeBatchNorm, plugins: plugins.map(moduleUrl) }
}
