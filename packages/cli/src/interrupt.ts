/**
 * Handles Ctrl-C and the other signals that ask a process to end. The first signal asks the work to stop and save. The second
 * ends the process at once.
 */
import { EXIT } from './exit-codes.ts'
import type { TextStream } from './shell.ts'

/** SIGHUP comes when the terminal or its connection closes; on Windows, when its window closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const CLEAR_LINE = '\r\u001b[K'
const SHOW_CURSOR = '\u001b[?25h'

export interface Interrupts {
  readonly signal: AbortSignal
  /** Restores Node's own handling of the signals. */
  dispose(): void
}

/** Ignores the errors of a closed terminal. Writing to it fails, but must not end the process before it has saved. */
function ignoreLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

export function listenForInterrupts(stderr: TextStream): Interrupts {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    if (name === 'SIGHUP') ignoreLostReaders()
    if (controller.signal.aborted) {
      if (stderr.isTTY) stderr.write(SHOW_CURSOR)
      process.exit(EXIT.interrupted)
    }
    // Progress bars listen too, and clear their line first. Then the terminal's echo on it is removed.
    controller.abort()
    stderr.write(`${stderr.isTTY ? CLEAR_LINE : ''}stopping after the current step; press again to stop at once\n`)
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return {
    signal: controller.signal,
    dispose() {
      for (const name of SIGNALS) process.off(name, onSignal)
    },
  }
}
