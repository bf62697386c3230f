/**
 * Typed errors. Every message says what happened, what was expected, what was received and what to do.
 * `SomeError.isInstance(value)` works across duplicate copies of the package, where `instanceof` does not.
 */

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

function sentence({ what, expected, received, fix }: ErrorParts): string {
  const comparison = [expected && `expected ${expected}`, received && `received ${received}`].filter(Boolean).join(', ')
  const middle = comparison && `${comparison[0].toUpperCase()}${comparison.slice(1)}.`
  return [what, middle, fix].filter(Boolean).join(' ')
}

/** Base of every error of this package. Subclasses override `errorName`, which survives minification. */
export class TrainingKernelsError extends Error {
  static readonly errorName: string = 'TrainingKernelsError'
  readonly parts: ErrorParts

  constructor(parts: ErrorParts, options?: ErrorOptions) {
    super(sentence(parts), options)
    this.parts = parts
    this.name = new.target.errorName
    for (let type = new.target; type.errorName !== undefined; type = Object.getPrototypeOf(type)) {
      Object.defineProperty(this, marker(type.errorName), { value: true })
    }
  }

  static isInstance<T extends typeof TrainingKernelsError>(this: T, value: unknown): value is InstanceType<T> {
    return typeof value === 'object' && value !== null && marker(this.errorName) in value
  }
}

/** The WebAssembly backend of TensorFlow.js is not the current backend, or this package does not know its version. */
export class WasmBackendError extends TrainingKernelsError {
  static override readonly errorName: string = 'WasmBackendError'
}

/** The WebAssembly module of this package could not be read or compiled. */
export class WasmModuleError extends TrainingKernelsError {
  static override readonly errorName: string = 'WasmModuleError'
}

/** An option or an argument that is unknown or has a wrong value. */
export class KernelOptionError extends TrainingKernelsError {
  static override readonly errorName: string = 'KernelOptionError'
}

/** An input that a kernel cannot work on. */
export class KernelInputError extends TrainingKernelsError {
  static override readonly errorName: string = 'KernelInputError'
}
