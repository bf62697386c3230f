/** Imports of packages that engines need and a project may not have. */

/** A module, or the reason why there is none. */
export type OptionalModule<T> =
  | { readonly module: T }
  | { readonly module?: undefined; readonly installed: boolean; readonly reason: string }

/** @param specifier A package's name. */
export async function optionalModule<T = object>(specifier: string): Promise<OptionalModule<T>> {
  try {
    // A variable keeps bundlers and type checkers from asking for a package that is optional.
    return { module: (await import(/* @vite-ignore */ specifier)) as T }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const installed = !(code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') || !message.includes(`'${specifier}'`)
    const [line] = message.split('\n')
    return { installed, reason: installed ? `${specifier} does not load: ${line}` : `${specifier} is not installed` }
  }
}
