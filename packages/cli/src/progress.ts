/** Progress on standard error: a bar on a terminal, silence elsewhere. */

import { visibleText } from '@onebit/core'
import type { LoadProgress } from '@onebit/data'
import { Presets, SingleBar } from 'cli-progress'
import { formatBytes } from './format.ts'
import type { Shell } from './shell.ts'

export interface Progress {
  /** @param detail Text after the bar. */
  update(done: number, detail?: string): void
  stop(): void
}

const silent: Progress = { update() {}, stop() {} }

/** A bar from 0 to `total` with a title. Ctrl-C removes it. */
export function progressOf(shell: Shell, title: string, total: number): Progress {
  const { stderr, signal } = shell
  if (!stderr.isTTY) return silent
  const bar = new SingleBar(
    {
      format: `${visibleText(title)} {bar} {value}/{total}  {detail}`,
      stream: stderr as NodeJS.WriteStream,
      hideCursor: true,
      barsize: 24,
      clearOnComplete: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  const stop = (): void => {
    signal.removeEventListener('abort', stop)
    bar.stop()
  }
  signal.addEventListener('abort', stop)
  bar.start(total, 0, { detail: '' })
  return {
    update: (done, detail = '') => bar.update(done, { detail: visibleText(detail) }),
    stop,
  }
}

/** Shows the progress of downloads, which take long. Local files are read in no time. */
export function downloadProgress(shell: Shell): (progress: LoadProgress) => void {
  let shown = ''
  return ({ file, action, received, total }) => {
    if (action !== 'download') return
    const share =
      total === undefined ? formatBytes(received) : `${Math.floor((100 * received) / total)} % of ${formatBytes(total)}`
    const line = `downloading ${visibleText(file)}  ${share}`
    if (line === shown) return
    shown = line
    if (shell.stderr.isTTY) shell.stderr.write(`\r${line}\u001b[K${received === total ? '\n' : ''}`)
    else if (received === total) shell.note(line)
  }
}
