/** The number of threads of a run, and the data that they need. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkOptions, OptionError, rules, type ValueRules } from '@onebit/core'

/** Threads, each of which trains a replica of the network on a part of every batch. */
export interface WorkerOptions {
  /** Number of threads, at least 1. With 1, only this thread trains. More threads than processors gain nothing. */
  readonly count: number
  /**
   * BatchNorm computes its statistics over the whole batch instead of each thread's part. The loss curve is then that of one
   * thread.
   * @default false
   */
  readonly synchronizeBatchNorm?: boolean
  /**
   * Modules that bring plugins into the threads: URLs, or packages that are installed in the working folder. The default export
   * is a list of plugins, or a function that returns one. The function may also register your own layers with TensorFlow.js. If a
   * plugin names its package and the package is installed, you need not list it here. That goes for the task, losses, distillers,
   * and the model's quantizers.
   */
  readonly plugins?: readonly (string | URL)[]
}

/** The value of `count` is checked below, because it depends on the batch. */
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

/** The URL of a package's module, as installed in the working folder. A URL stays as it is. */
function resolveModule(specifier: string): string {
  if (/^(file|data|node):/.test(specifier)) return specifier
  return pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(specifier)).href
}

/** The URL of a package's module, if the package is installed in the working folder or next to this package. */
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
 * @throws OptionError on a wrong count, on a batch too small to split, or on a module that does not exist.
 */
export function resolveWorkers(workers: number | WorkerOptions | undefined, batchSize: number): ResolvedWorkers | undefined {
  if (workers === undefined) return undefined
  const given = checkOptions<WorkerOptions>('workers', typeof workers === 'number' ? { count: workers } : workers, OPTIONS)
  const { count, synchronizeBatchNorm = false, plugins = [] } = given
  if (!Number.isInteger(count) || count < 1) {
    throw new OptionError({
      option: 'workers',
      what: 'The number of workers is not valid.',
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
