/** Prints errors for people: the name, what happened, what to do, and where. Stacks appear only on request. */
import { OnebitError } from '@onebit/core'
import { InterruptedError, RecipeError } from './errors.ts'
import { EXIT } from './exit-codes.ts'
import type { Shell } from './shell.ts'

function describe(error: unknown): { name: string; message: string; at?: string } {
  if (RecipeError.isInstance(error)) {
    const name = OnebitError.isInstance(error.cause) ? error.cause.name : error.name
    return { name, message: error.message, at: error.location }
  }
  if (error instanceof Error) return { name: error.name, message: error.message }
  return { name: 'Error', message: String(error) }
}

/** Prints the error and returns the exit code. */
export function reportError(error: unknown, shell: Shell): number {
  const { red, dim, bold } = shell.noteColors
  if (InterruptedError.isInstance(error) || shell.signal.aborted) {
    const message = InterruptedError.isInstance(error) ? error.message : 'Interrupted.'
    shell.note(message)
    shell.result({ error: { name: 'InterruptedError', message } })
    return EXIT.interrupted
  }
  const { name, message, at } = describe(error)
  const isKnown = OnebitError.isInstance(error)
  shell.note(`${red(bold(`${name}:`))} ${message}`)
  if (at) shell.note(`  at ${at}`)
  if (shell.debug && error instanceof Error) for (const line of (error.stack ?? '').split('\n')) shell.note(dim(line))
  else if (!isKnown) shell.note('This is a bug in Onebit. Run the command again with --debug and report what it prints.')
  shell.result({ error: { name, message, at } })
  return isKnown ? EXIT.usage : EXIT.bug
}
