/**
 * Types of the web platform as far as a project has them: from its library DOM, or from Node's types. A project without either, one for
 * a small engine, checks all the same: there they are `never`, as it has no values of them.
 */

/** The type of the instances of the global constructor `Name`; of several names, those that there are. */
export type Web<Name extends string> = Name extends string
  ? typeof globalThis extends { readonly [Key in Name]: { readonly prototype: infer Type } }
    ? Type
    : never
  : never

/** What is asked of an `AbortSignal`, in projects that have no type of it. */
interface PlainSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
}

export type WebSignal = [Web<'AbortSignal'>] extends [never] ? PlainSignal : Web<'AbortSignal'>
