import { DownloadError } from './data-error.ts'
import { builtin } from './node-builtins.ts'
import { onDisk } from './on-disk.ts'

/** The file to fetch, and a callback. */
export interface Transfer {
  /** The address, http or https. */
  url: string
  /** Advice for a failed download. It ends the errors' messages. */
  fix: string
  /** Called with the number of bytes so far, including resumed ones, and the file's size if the server states it. */
  onBytes?: (received: number, total: number | undefined) => void
  signal?: AbortSignal
}

/**
 * Fetches the bytes from `start` on into the file at `path`. Returns true if the file's earlier bytes are kept. A server that
 * does not support ranges sends everything, which replaces them.
 * Throws `DownloadError` with reason `unreachable`, `status`, `interrupted` or `aborted`. The received bytes stay in the file.
 */
export async function transfer(options: Transfer, path: string, start: number): Promise<boolean> {
  const response = await request(options, start)
  const resumed = start > 0 && (response.status === 206 || response.status === 416)
  if (resumed && response.status === 416) {
    await response.body?.cancel()
    return true // The source has no further bytes, so the file may be complete already.
  }
  if (!response.ok) {
    await response.body?.cancel()
    throw new DownloadError({
      reason: 'status',
      file: options.url,
      what: `The server refused '${options.url}'.`,
      expected: 'HTTP status 200 or 206',
      received: `${response.status} ${response.statusText}`.trim(),
      fix: options.fix,
    })
  }
  await append(options, response, path, resumed ? start : 0)
  return resumed
}

async function request({ url, fix, signal }: Transfer, start: number): Promise<Response> {
  // Identity, because lengths and ranges must count the bytes of the file itself.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (start > 0) headers.range = `bytes=${start}-`
  try {
    return await fetch(url, { headers, signal })
  } catch (cause) {
    if (signal?.aborted) throw aborted(url, cause)
    const inner = (cause as Error).cause as (Error & { code?: string }) | undefined
    throw new DownloadError(
      {
        reason: 'unreachable',
        file: url,
        what: `'${url}' cannot be reached.`,
        received: inner?.message || inner?.code || (cause as Error).message,
        fix,
      },
      { cause },
    )
  }
}

/** Writes the body after the first `start` bytes of the file. */
async function append(options: Transfer, response: Response, path: string, start: number): Promise<void> {
  const { url, onBytes, signal } = options
  const length = response.headers.get('content-length')
  const total = length === null ? undefined : start + Number(length)
  let received = start
  const file = await onDisk(path, 'written', () => builtin('node:fs/promises')!.open(path, start > 0 ? 'a' : 'w'))
  const reader = response.body?.getReader()
  try {
    onBytes?.(received, total)
    while (reader) {
      const { done, value } = await reader.read().catch((cause) => {
        throw signal?.aborted ? aborted(url, cause) : interrupted(options, received, total, cause)
      })
      if (done) break
      await onDisk(path, 'written', () => file.appendFile(value))
      received += value.length
      onBytes?.(received, total)
    }
  } finally {
    // Frees the connection if the disk or the callback failed. After a network failure there is nothing to cancel.
    await reader?.cancel().catch(() => {})
    await file.close()
  }
}

function aborted(url: string, cause: unknown): DownloadError {
  const what = `The download of '${url}' was stopped by its caller.`
  return new DownloadError({ reason: 'aborted', file: url, what, fix: 'Run again to continue it.' }, { cause })
}

function interrupted({ url, fix }: Transfer, received: number, total: number | undefined, cause: unknown): DownloadError {
  return new DownloadError(
    {
      reason: 'interrupted',
      file: url,
      what: `The download of '${url}' was interrupted.`,
      expected: total === undefined ? undefined : `${total} bytes`,
      received: `${received} bytes`,
      fix: `Run again to continue from there. ${fix}`,
    },
    { cause },
  )
}
