/** What can go wrong in the command itself. */
import { type ErrorParts, OnebitError } from '@onebit/core'

/** A command line that cannot be carried out. */
export class UsageError extends OnebitError {
  static override readonly errorName: string = 'UsageError'
}

/** A module of plugins that is not there, cannot be loaded, or exports none. `plugin` is its name. */
export class PluginLoadError extends OnebitError {
  static override readonly errorName: string = 'PluginLoadError'
  readonly plugin: string

  constructor(parts: ErrorParts & { plugin: string }, options?: ErrorOptions) {
    super(parts, options)
    this.plugin = parts.plugin
  }
}

/**
 * A recipe, or a flag that stands for a part of one, that cannot be used. `location` is where the mistake is; the cause, where
 * there is one, is the error of the part that refused it.
 */
export class RecipeError extends OnebitError {
  static override readonly errorName: string = 'RecipeError'
  readonly location: string

  constructor(parts: ErrorParts & { location: string }, options?: ErrorOptions) {
    super(parts, options)
    this.location = parts.location
  }
}

/** The work was stopped by the person who started it. */
export class InterruptedError extends OnebitError {
  static override readonly errorName: string = 'InterruptedError'
}

function located(error: unknown, location: string): unknown {
  if (!OnebitError.isInstance(error) || RecipeError.isInstance(error)) return error
  return new RecipeError({ ...error.parts, location }, { cause: error })
}

/** Runs `action`; an error it throws comes back as a RecipeError with the location. */
export function locate<Result>(location: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    throw located(error, location)
  }
}

/** The same for what takes time. */
export async function locateAsync<Result>(location: string, action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    throw located(error, location)
  }
}
