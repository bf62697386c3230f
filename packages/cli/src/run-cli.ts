/** The command line as a function: arguments in, exit code out. */
import { checkArguments, rules } from '@onebit/core'
import { Command, CommanderError } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import * as argument from './argument-rules.ts'
import type { Host } from './command.ts'
import { COMMANDS } from './command-list.ts'
import { EXIT, EXIT_HELP } from './exit-codes.ts'
import { type Interrupts, listenForInterrupts } from './interrupt.ts'
import { reportError } from './report-error.ts'
import { Shell, type TextStream } from './shell.ts'

export interface Streams {
  readonly stdout: TextStream
  readonly stderr: TextStream
}

/** @param argv The arguments, without the name of the program. */
export async function runCli(argv: readonly string[], streams: Streams = process): Promise<number> {
  checkArguments('runCli()', { argv: [argv, rules.list(rules.text)], streams: [streams, argument.streams] })
  const { stdout, stderr } = streams
  let exitCode: number = EXIT.success
  let interrupts: Interrupts | undefined
  const json = argv.includes('--json')
  let shell = new Shell({ stdout, stderr, json, debug: argv.includes('--debug') })
  /** Help and versions as text. With `--json` they become part of a document. */
  let answer = ''
  const host: Host = {
    shell(flags, interruptible) {
      if (interruptible) interrupts = listenForInterrupts(stderr)
      shell = new Shell({ stdout, stderr, ...flags, signal: interrupts?.signal })
      return shell
    },
    done(code) {
      exitCode = code
    },
  }

  const program = new Command('onebit')
    .description('One-bit neural networks: train, freeze, run.')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        if (json) answer += text
        else stdout.write(text)
      },
      writeErr: (text) => void stderr.write(text),
    })
    .showHelpAfterError('(add --help for the options and an example)')
    .addHelpText('after', `${EXIT_HELP}\n\nExample:\n  $ onebit train --epochs 5 --out runs/first`)
  const asked = argv.find((word) => !word.startsWith('-'))
  for (const { name, description, load } of COMMANDS) {
    const command = program.command(name).description(description)
    // The other commands only appear in the list of commands.
    if (name === asked || (asked === 'help' && argv.includes(name))) await (await load())(command, host)
  }

  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, shell)
    const isAnswer = error.code === 'commander.helpDisplayed' || error.code === 'commander.version'
    if (isAnswer && json) shell.result({ [error.code === 'commander.version' ? 'version' : 'help']: answer.trimEnd() })
    if (!isAnswer) shell.result({ error: { name: 'UsageError', message: error.message.replace(/^error: /, '') } })
    return isAnswer ? EXIT.success : EXIT.usage
  } finally {
    interrupts?.dispose()
  }
}
