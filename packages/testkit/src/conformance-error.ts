/** The error of a case: the broken requirement, and the value that breaks it. */
import { type ErrorParts, OnebitError } from '@onebit/core'

export class ConformanceError extends OnebitError {
  static override readonly errorName: string = 'ConformanceError'
}

/** Throws a ConformanceError unless the condition holds. */
export function require(condition: boolean, parts: () => ErrorParts): asserts condition {
  if (!condition) throw new ConformanceError(parts())
}

/** Runs the plugin's own code, so that its exceptions name the requirement that they break. */
export async function attempt<Value>(what: string, run: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await run()
  } catch (error) {
    if (ConformanceError.isInstance(error)) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new ConformanceError({ what, received: `an exception: ${message}` }, { cause: error })
  }
}

/** Runs a random case. A failure tells how to repeat it. */
export async function repeatable(seed: number, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const parts = ConformanceError.isInstance(error)
      ? error.parts
      : { what: `A case failed with an exception: ${error instanceof Error ? error.message : String(error)}` }
    const fix = [parts.fix, `Repeat with ONEBIT_SEED=${seed}.`].filter(Boolean).join(' ')
    throw new ConformanceError({ ...parts, fix }, { cause: error })
  }
}
