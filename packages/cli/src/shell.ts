/** Where a command's words go: human text to standard output, unless a machine is reading there. */
import { checkOptions, visibleText } from '@onebit/core'
import { createColors } from 'picocolors'
import * as argument from './argument-rules.ts'
import { wrapText } from './format.ts'

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

/** The colors of this command: none that hides text, and none that moves the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
const OWN_COLORS = /(\u001b\[(?:[0-2]|22|3[1-79])m)/

/** A line as it may go to a terminal: names in it come from strangers' files, only the colors are ours. */
function line(text: string, { isColorSupported }: Colors): string {
  if (!isColorSupported) return visibleText(text)
  return text
    .split(OWN_COLORS)
    .map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
    .join('')
}

/** JSON leaves some of them as they are: C1 controls, and what turns the direction of reading. */
function visibleJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return text.split('\n').map(visibleText).join('\n')
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

  /** @throws OptionError on an option that is unknown or refused. */
  constructor(options: ShellOptions = {}) {
    const given = checkOptions('Shell', options, argument.SHELL_OPTIONS)
    const { stdout = process.stdout, stderr = process.stderr, json = false, debug = false, signal } = given
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

  /** A line of the answer, for people: control characters in it are shown, not sent. */
  print(text = ''): void {
    this.#human.write(`${this.visible(text)}\n`)
  }

  /** A sentence in as many lines as the terminal needs; from the second on they begin with `indent` blanks. */
  printWrapped(text: string, indent = 0, style: (text: string) => string = String): void {
    for (const part of wrapText(this.visible(text), this.width, indent).split('\n')) this.print(style(part))
  }

  /** A line about the work: progress, warnings. Never part of the answer. */
  note(text: string): void {
    this.stderr.write(`${line(text, this.noteColors)}\n`)
  }

  /** The text as `print` shows it, for whoever has to know how wide it is. */
  visible(text: string): string {
    return line(text, this.colors)
  }

  /** The answer for machines; silent unless they asked for it. */
  result(value: unknown): void {
    if (this.json) this.stdout.write(`${visibleJson(value)}\n`)
  }
}
