/**
 * Typed errors. Every message says what happened, what was expected, what was received and what to do.
 * `SomeError.isInstance(value)` works across duplicate copies of a package, where `instanceof` does not.
 */

import { describeValue } from './options/describe-value.ts'

/** The parts of a message; only `what` is required. */
export interface ErrorParts {
  /** A full sentence that says what happened. */
  what: string
  /** A description of valid values. */
  expected?: string
  /** The value that was there instead. */
  received?: string
  /** Advice for the reader, as a full sentence. */
  fix?: string
}

const marker = (errorName: string): symbol => Symbol.for(`onebit.error.${errorName}`)

/** Most UTF-16 units of a part of a message, because a stranger's file may state text of any length. */
const LONGEST = { received: 500, other: 4000 } as const

function shortened(text: string | undefined, length: number): string | undefined {
  if (text !== undefined && typeof text !== 'string') return describeValue(text)
  if (text === undefined || text.length <= length) return text
  return `${text.slice(0, length)}... (${text.length} characters)`
}

function shortenedParts(parts: ErrorParts): ErrorParts {
  const { what, expected, received, fix } = parts
  return {
    ...parts,
    what: shortened(what, LONGEST.other)!,
    ...(expected !== undefined && { expected: shortened(expected, LONGEST.other) }),
    ...(received !== undefined && { received: shortened(received, LONGEST.received) }),
    ...(fix !== undefined && { fix: shortened(fix, LONGEST.other) }),
  }
}

function sentence({ what, expected, received, fix }: ErrorParts): string {
  const comparison = [expected && `expected ${expected}`, received && `received ${received}`].filter(Boolean).join(', ')
  const middle = comparison && `${comparison[0].toUpperCase()}${comparison.slice(1)}.`
  return [what, middle, fix].filter(Boolean).join(' ')
}

/** Base of every error thrown by an Onebit package. Subclasses override `errorName`, which survives minification. */
export class OnebitError extends Error {
  static readonly errorName: string = 'OnebitError'
  readonly parts: ErrorParts

  constructor(parts: ErrorParts, options?: ErrorOptions) {
    const short = shortenedParts(parts)
    super(sentence(short), options)
    this.parts = short
    this.name = new.target.errorName
    for (let type = new.target; type.errorName !== undefined; type = Object.getPrototypeOf(type)) {
      Object.defineProperty(this, marker(type.errorName), { value: true })
    }
  }

  static isInstance<T extends typeof OnebitError>(this: T, value: unknown): value is InstanceType<T> {
    return typeof value === 'object' && value !== null && marker(this.errorName) in value
  }
}

/** A name that no registered plugin carries. */
export class PluginNotFoundError extends OnebitError {
  static override readonly errorName: string = 'PluginNotFoundError'
}

/** Two plugins of one kind under one name. */
export class DuplicatePluginError extends OnebitError {
  static override readonly errorName: string = 'DuplicatePluginError'
}

/** A plugin whose definition breaks its contract. */
export class InvalidPluginError extends OnebitError {
  static override readonly errorName: string = 'InvalidPluginError'
}

/** An option that is unknown, of the wrong type or out of range. `option` is its path, such as `levels[2]`. */
export class OptionError extends OnebitError {
  static override readonly errorName: string = 'OptionError'
  readonly option?: string

  constructor(parts: ErrorParts & { option?: string }, options?: ErrorOptions) {
    super(parts, options)
    this.option = parts.option
  }
}

/** An annotation that its task cannot use: a label beyond the last class, a keypoint that is not a number. */
export class AnnotationError extends OnebitError {
  static override readonly errorName: string = 'AnnotationError'
}

/** A graph whose nodes, shapes or attributes do not fit together. `node` names the first offender. */
export class GraphError extends OnebitError {
  static override readonly errorName: string = 'GraphError'
  readonly node?: string

  constructor(parts: ErrorParts & { node?: string }, options?: ErrorOptions) {
    super(parts, options)
    this.node = parts.node
  }
}

/** A model file that breaks the format. `field` names the first offender. */
export class ModelFormatError extends OnebitError {
  static override readonly errorName: string = 'ModelFormatError'
  readonly field?: string

  constructor(parts: ErrorParts & { field?: string }, options?: ErrorOptions) {
    super(parts, options)
    this.field = parts.field
  }
}

/** An input of `run` that is missing, misshapen or, under validation, not a number. */
export class InputError extends OnebitError {
  static override readonly errorName: string = 'InputError'
}

/** An output of a network that is NaN or infinite, so it gives no prediction. */
export class OutputError extends OnebitError {
  static override readonly errorName: string = 'OutputError'
}

/** A backend that cannot run here. */
export class BackendUnsupportedError extends OnebitError {
  static override readonly errorName: string = 'BackendUnsupportedError'
}

/** A call on something that was disposed. */
export class DisposedError extends OnebitError {
  static override readonly errorName: string = 'DisposedError'
}

/** Two copies of a package in one program. Their objects do not know each other. */
export class DuplicatePackageError extends OnebitError {
  static override readonly errorName: string = 'DuplicatePackageError'
}

/** Something that would cost more than its limit. `limit` names the limit. An option can raise it. */
export class LimitError extends OnebitError {
  static override readonly errorName: string = 'LimitError'
  readonly limit: string

  constructor(parts: ErrorParts & { limit: string }, options?: ErrorOptions) {
    super(parts, options)
    this.limit = parts.limit
  }
}

/** A layer or model that cannot be frozen. */
export class FreezeError extends OnebitError {
  static override readonly errorName: string = 'FreezeError'
}

/** A file that could not be read or written. */
export class FileError extends OnebitError {
  static override readonly errorName: string = 'FileError'
}
