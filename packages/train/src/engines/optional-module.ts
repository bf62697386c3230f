/** Imports of packages that engines need and a project may not have. */

/** A module, or half a sentence on why there is none. */
export type OptionalModule<T> = { readonly module: T } | { readonly module?: undefined; readonly reason: string }

/** @param specifier A package's name. */
export async function optionalModule<T = object>(specifier: string): Promise<OptionalModule<T>> {
  try {
    // A variable keeps bundlers and type checkers from asking for a package that is optional.
    return { module: (await import(/* @vite-ignore */ specifier)) as T }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // The package may be there and lack one of its own.
    const missing = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${specifier}'`)
    return { reason: missing ? `${specifier} is not installed` : `${specifier} does not load: ${message.split('\n')[0]}` }
  }
}
