/** Imports packages that an engine needs but a project may lack. */

/** A module, or half a sentence that says why it is missing. */
export type OptionalModule<T> = { readonly module: T } | { readonly module?: undefined; readonly reason: string }

/** @param specifier A package's name. */
export async function optionalModule<T = object>(specifier: string): Promise<OptionalModule<T>> {
  try {
    // A variable hides the name, so that bundlers and type checkers do not require an optional package.
    return { module: (await import(/* @vite-ignore */ specifier)) as T }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // The package may be installed while one of its own dependencies is missing.
    const missing = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${specifier}'`)
    return { reason: missing ? `${specifier} is not installed` : `${specifier} does not load: ${message.split('\n')[0]}` }
  }
}
