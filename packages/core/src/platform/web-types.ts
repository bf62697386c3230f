/**
 * Types of the web platform, if a project has them from its library DOM or from Node's types. A project without either, such as one for
 * a small engine, still compiles: there they are `never`, as it has no values of these types.
 */

/** The instance type of the global constructor `Name`. For several names, the union of the types that exist. */
export type Web<Name extends string> = Name extends string
  ? typeof globalThis extends { readonly [Key in Name]: { readonly prototype: infer Type } }
    ? Type
    : never
  : never

/** The required parts of an `AbortSignal`, for projects without its type. */
interface PlainSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
}

export type WebSignal = [Web<'AbortSignal'>] extends [never] ? PlainSignal : Web<'AbortSignal'>
