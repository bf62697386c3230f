/** The output of a command. Text for people goes to standard output, or to standard error if standard output carries JSON. */
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
  /** Show stack traces in error messages. */
  readonly debug?: boolean
  /** Interrupts the commands that can be interrupted. */
  readonly signal?: AbortSignal
}

/** A terminal gets colors unless NO_COLOR is set. FORCE_COLOR enables them for any stream. */
function wantsColors(stream: TextStream): boolean {
  if (process.env.NO_COLOR) return false
  return Boolean(process.env.FORCE_COLOR) || stream.isTTY === true
}

/** The color codes of this command. They neither hide text nor move the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
const OWN_COLORS = /(\u001b\[(?:[0-2]|22|3[1-79])m)/

/** Makes a line safe for a terminal: names in it come from untrusted files, and only the color codes are ours. */
function line(text: string, { isColorSupported }: Colors): string {
  if (!isColorSupported) return visibleText(text)
  return text
    .split(OWN_COLORS)
    .map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
    .join('')
}

/** Escapes characters that JSON leaves as they are: C1 controls, and characters that change the direction of text. */
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
  /** Colors for text that goes through `print`. */
  readonly colors: Colors
  /** Colors for text that goes through `note`. */
  readonly noteColors: Colors

  /** @throws OptionError on an unknown option or a wrong value. */
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

  /** Maximum columns of a printed line: those of the terminal, or unlimited elsewhere. */
  get width(): number {
    return (this.#human.isTTY && this.#human.columns) || Number.POSITIVE_INFINITY
  }

  /** Prints a line of the answer for people. Control characters in it are shown as text. */
  print(text = ''): void {
    this.#human.write(`${this.visible(text)}\n`)
  }

  /** Prints a sentence in as many lines as the terminal needs. Lines after the first begin with `indent` blanks. */
  printWrapped(text: string, indent = 0, style: (text: string) => string = String): void {
    for (const part of wrapText(this.visible(text), this.width, indent).split('\n')) this.print(style(part))
  }

  /** Prints a line about the work, such as progress or warnings. It is never part of the answer. */
  note(text: string): void {
    this.stderr.write(`${line(text, this.noteColors)}\n`)
  }

  /** The text as `print` shows it, to measure its width. */
  visible(text: string): string {
    return line(text, this.colors)
  }

  /** Prints the answer as JSON, if JSON was asked for. */
  result(value: unknown): void {
    if (this.json) this.stdout.write(`${visibleJson(value)}\n`)
  }
}
