/** Where a command's words go: human text to standard output, unless a machine is reading there. */
import { createColors } from 'picocolors'

/** The part of a stream that commands use. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

type Colors = ReturnType<typeof createColors>

export interface ShellOptions {
  readonly stdout?: TextStream
  readonly stderr?: TextStream
  /** Results as one JSON document on standard output; human text moves to standard error. */
  readonly json?: boolean
  /** Stack traces in error messages. */
  readonly debug?: boolean
  /** Interrupts the commands that can be interrupted. */
  readonly signal?: AbortSignal
}

/** A terminal gets colors unless NO_COLOR is set; FORCE_COLOR gives them to any stream. */
function wantsColors(stream: TextStream): boolean {
  if (process.env.NO_COLOR) return false
  return Boolean(process.env.FORCE_COLOR) || stream.isTTY === true
}

export class Shell {
  readonly json: boolean
  readonly debug: boolean
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly signal: AbortSignal
  /** For text that goes through `print`. */
  readonly colors: Colors
  /** For text that goes through `note`. */
  readonly noteColors: Colors

  constructor({ stdout = process.stdout, stderr = process.stderr, json = false, debug = false, signal }: ShellOptions = {}) {
    this.stdout = stdout
    this.stderr = stderr
    this.json = json
    this.debug = debug
    this.signal = signal ?? new AbortController().signal
    this.colors = createColors(wantsColors(json ? stderr : stdout))
    this.noteColors = createColors(wantsColors(stderr))
  }

  get #human(): TextStream {
    return this.json ? this.stderr : this.stdout
  }

  /** Columns that a printed line may take: those of the terminal, any number elsewhere. */
  get width(): number {
    return (this.#human.isTTY && this.#human.columns) || Number.POSITIVE_INFINITY
  }

  /** A line of the answer, for people. */
  print(text = ''): void {
    this.#human.write(`${text}\n`)
  }

  /** A line about the work: progress, warnings. Never part of the answer. */
  note(text: string): void {
    this.stderr.write(`${text}\n`)
  }

  /** The answer for machines; silent unless they asked for it. */
  result(value: unknown): void {
    if (this.json) this.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  }
}
