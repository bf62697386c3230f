/** A graph on the first backend that could compile it, and on the next one once that fails. */
import type { GpuExecutable } from '../contracts/gpu.ts'
import type { Executable, NodeExplanation, PassedOver, RunInputs, RunOptions, RunOutput } from '../contracts/kernel-backend.ts'
import { DisposedError, InputError, OptionError } from '../errors.ts'

/** What one of several backends has compiled. */
export interface Opened {
  readonly executable: Executable
  /** The backend's number among them, and its name. */
  readonly place: number
  readonly name: string
  readonly passedOver: readonly PassedOver[]
}

/**
 * Compiles the graph on the first backend from `place` on that can.
 * @throws BackendUnsupportedError with the reasons of all if there is none.
 */
export type OpenNext = (place: number, passedOver: readonly PassedOver[]) => Promise<Opened>

/** Errors of callers: on another backend, they would be the same. */
const OF_CALLERS = [InputError, OptionError, DisposedError]

export class AutoExecutable implements Executable {
  readonly #openNext: OpenNext
  #opened: Opened
  #moving: Promise<void> | undefined
  #disposed = false

  constructor(openNext: OpenNext, opened: Opened) {
    this.#openNext = openNext
    this.#opened = opened
  }

  get explanations(): readonly NodeExplanation[] {
    return this.#opened.executable.explanations
  }

  get backend(): string {
    return this.#opened.name
  }

  get passedOver(): readonly PassedOver[] {
    const { passedOver, executable } = this.#opened
    return executable.passedOver ? [...passedOver, ...executable.passedOver] : passedOver
  }

  /** That of the backend. What fails there twice leaves it too, but is not done elsewhere: the next backend need not take pictures. */
  get gpu(): GpuExecutable | undefined {
    const opened = this.#opened
    const { gpu } = opened.executable
    if (!gpu) return undefined
    const orLeave = async <Result>(run: () => Promise<Result>): Promise<Result> => {
      const outcome = await this.#twice(opened, run)
      if ('result' in outcome) return outcome.result
      await this.#leave(opened, outcome.error)
      throw outcome.error
    }
    return {
      get device() {
        return gpu.device
      },
      run: (inputs, options) => orLeave(() => gpu.run(inputs, options)),
      runToBuffers: (inputs, options) => orLeave(() => gpu.runToBuffers(inputs, options)),
    }
  }

  async run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    const opened = this.#opened
    const outcome = await this.#twice(opened, () => opened.executable.run(inputs, options))
    if ('result' in outcome) return outcome.result
    await this.#leave(opened, outcome.error)
    return this.run(inputs, options)
  }

  /** The result of a run, or its error if it failed twice: a device that was lost may be back the second time. @throws Errors of callers. */
  async #twice<Result>(opened: Opened, run: () => Promise<Result>): Promise<{ result: Result } | { error: Error }> {
    for (let again = true; ; again = false) {
      try {
        return { result: await run() }
      } catch (error) {
        if (this.#isFinal(opened, error)) throw error
        if (!again) return { error: error as Error }
      }
    }
  }

  /** Errors of a backend that was left do not count: it is disposed of. */
  #isFinal(opened: Opened, error: unknown): boolean {
    return this.#disposed || (this.#opened === opened && OF_CALLERS.some((type) => type.isInstance(error)))
  }

  /** Moves to the next backend, if no other run has done so. @throws The error itself if there is no other backend. */
  async #leave(opened: Opened, error: Error): Promise<void> {
    if (this.#opened !== opened) return
    this.#moving ??= this.#move(opened, error).finally(() => {
      this.#moving = undefined
    })
    await this.#moving
  }

  async #move({ place, name, passedOver, executable }: Opened, error: Error): Promise<void> {
    const next = await this.#openNext(place + 1, [...passedOver, { backend: name, reason: error.message }]).catch(() => {
      throw error
    })
    executable.dispose()
    this.#opened = next
    if (this.#disposed) next.executable.dispose()
  }

  dispose(): void {
    this.#disposed = true
    this.#opened.executable.dispose()
  }
}
