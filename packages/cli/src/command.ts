/** The parts that all commands share: `--json`, `--debug`, `--plugin`, an example in the help, and one way to end. */
import { type Command, InvalidArgumentError } from 'commander'
import { EXIT } from './exit-codes.ts'
import type { Shell } from './shell.ts'

/** Flags of every command that belong to its shell. */
interface ShellFlags {
  readonly json?: boolean
  readonly debug?: boolean
}

/** Creates the shell of a command once its flags are known. */
export interface Host {
  shell(flags: ShellFlags, interruptible: boolean): Shell
  /** Called with the exit code of a command that ended without an error. */
  done(code: number): void
}

/** Flags of every command, beside those of the shell. */
export interface CommonFlags {
  /** Packages, paths or URLs of plugin modules. */
  readonly plugins: readonly string[]
}

interface Definition<Result, Flags> {
  readonly examples: readonly string[]
  readonly notes?: string
  /** If true, Ctrl-C aborts the command's signal instead of ending the process. */
  readonly interruptible?: boolean
  /** Does the work and returns the answer, in the form for JSON. */
  run(args: readonly string[], flags: Flags & CommonFlags, shell: Shell): Promise<Result>
  /** Prints the answer for people. */
  print(result: Result, shell: Shell): void
  /** Default: success. */
  exitCode?(result: Result): number
}

/** Wraps text at the width of the help. */
function wrapped(text: string, command: Command): string {
  return command.createHelp().boxWrap(text, command.configureOutput().getOutHelpWidth?.() ?? 80)
}

/** Removes the default value that commander gives to `x` if only `--no-x` is declared. */
function givenFlags(command: Command): Record<string, unknown> {
  const negated = new Set(command.options.filter(({ negate }) => negate).map((option) => option.attributeName()))
  const isGiven = (name: string): boolean => !negated.has(name) || command.getOptionValueSource(name) === 'cli'
  return Object.fromEntries(Object.entries(command.opts()).filter(([name]) => isGiven(name)))
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value]

/** Gives a command its common flags, its help and its action. */
export function finishCommand<Result, Flags extends object>(
  command: Command,
  host: Host,
  definition: Definition<Result, Flags>,
): void {
  const { examples, notes, interruptible = false } = definition
  const lines = examples.map((example) => `  $ onebit ${example}`)
  const title = examples.length > 1 ? 'Examples' : 'Example'
  command
    .option('--plugin <name>', 'load the plugins of a package or a file; may be given more than once', collect)
    .option('--json', 'print the result as JSON on standard output, everything else on standard error')
    .option('--debug', 'show stack traces')
    .addHelpText('after', () => `${notes ? `\n${wrapped(notes, command)}\n` : ''}\n${title}:\n${lines.join('\n')}`)
    .action(async (...given: unknown[]) => {
      const args = given.slice(0, -2) as string[]
      const { plugin: plugins = [], json, debug, ...flags } = givenFlags(command)
      const shell = host.shell({ json, debug } as ShellFlags, interruptible)
      const result = await definition.run(args, { ...(flags as Flags), plugins: plugins as string[] }, shell)
      definition.print(result, shell)
      shell.result(result)
      host.done(definition.exitCode?.(result) ?? EXIT.success)
    })
}

/** Parses a flag's value as an integer of at least `minimum`. */
export function integer(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isInteger(value) || value < minimum)
      throw new InvalidArgumentError(`Expected an integer of at least ${minimum}.`)
    return value
  }
}

/** Parses a flag's value such as `28x28x1`. */
export function imageShape(text: string): [number, number, number] {
  const sizes = text.split('x').map(Number)
  if (sizes.length !== 3 || sizes.some((size) => !Number.isInteger(size) || size < 1))
    throw new InvalidArgumentError('Expected HEIGHTxWIDTHxCHANNELS, such as 224x224x3.')
  return sizes as [number, number, number]
}
