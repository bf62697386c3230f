/**
 * Ctrl-C, and the other ways in which a system asks a process to end: the first asks the work to stop and save, the second ends the
 * process at once.
 */
import { EXIT } from './exit-codes.ts'
import type { TextStream } from './shell.ts'

/** SIGHUP comes when the terminal or the connection to it is closed; on Windows, when its window is. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const CLEAR_LINE = '\r\u001b[K'
const SHOW_CURSOR = '\u001b[?25h'

export interface Interrupts {
  readonly signal: AbortSignal
  /** Gives the signals back to Node. */
  dispose(): void
}

/** Whoever reads has gone: what is written to a closed terminal fails, and must not end the process before it has saved. */
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
    // Progress bars listen, and give the line back first. What the terminal echoed on it goes.
    controller.abort()
    stderr.write(`${stderr.isTTY ? CLEAR_LINE : ''}stopping after the step under way; once more to stop at once\n`)
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return {
    signal: controller.signal,
    dispose() {
      for (const name of SIGNALS) process.off(name, onSignal)
    },
  }
}
