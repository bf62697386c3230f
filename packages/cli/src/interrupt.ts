/** Ctrl-C: the first asks the work to stop and save, the second ends the process at once. */
import { EXIT } from './exit-codes.ts'
import type { TextStream } from './shell.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const CLEAR_LINE = '\r\u001b[K'
const SHOW_CURSOR = '\u001b[?25h'

export interface Interrupts {
  readonly signal: AbortSignal
  /** Gives the signals back to Node. */
  dispose(): void
}

export function listenForInterrupts(stderr: TextStream): Interrupts {
  const controller = new AbortController()
  const onSignal = (): void => {
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
