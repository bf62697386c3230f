/** The errors of the command itself. */
import { type ErrorParts, OnebitError } from '@onebit/core'

/** A command line that cannot be executed. */
export class UsageError extends OnebitError {
  static override readonly errorName: string = 'UsageError'
}

/** A plugin module that is missing, cannot be loaded, or exports no plugins. `plugin` is its name. */
export class PluginLoadError extends OnebitError {
  static override readonly errorName: string = 'PluginLoadError'
  readonly plugin: string

  constructor(parts: ErrorParts & { plugin: string }, options?: ErrorOptions) {
    super(parts, options)
    this.plugin = parts.plugin
  }
}

/**
 * A recipe, or a flag for a part of a recipe, that cannot be used. `location` says where the mistake is. The cause, if any, is
 * the error of the part that refused it.
 */
export class RecipeError extends OnebitError {
  static override readonly errorName: string = 'RecipeError'
  readonly location: string

  constructor(parts: ErrorParts & { location: string }, options?: ErrorOptions) {
    super(parts, options)
    this.location = parts.location
  }
}

/** The user stopped the work. */
export class InterruptedError extends OnebitError {
  static override readonly errorName: string = 'InterruptedError'
}

function located(error: unknown, location: string): unknown {
  if (!OnebitError.isInstance(error) || RecipeError.isInstance(error)) return error
  return new RecipeError({ ...error.parts, location }, { cause: error })
}

/** Runs `action`. It rethrows an error as a RecipeError with the location. */
export function locate<Result>(location: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    throw located(error, location)
  }
}

/** Like `locate`, for an asynchronous action. */
export async function locateAsync<Result>(location: string, action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    throw located(error, location)
  }
}
