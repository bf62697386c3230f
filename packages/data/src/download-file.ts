import { DataError, DownloadError } from './data-error.ts'
import { gunzip, isGzip } from './gunzip.ts'
import { builtin } from './node-builtins.ts'
import { absent, onDisk } from './on-disk.ts'
import { type Transfer, transfer } from './transfer.ts'

export interface FileDownload extends Transfer {
  /** The final path. Bytes go to `target.part` until they are verified. A later call resumes that file. */
  target: string
  /** SHA-256 of the content, inflated if it is gzip. It is the same for every gzip of one file. */
  sha256: string
  /** The bytes that the SHA-256 covers. `file` means the bytes as sent. Default: `content`. */
  sha256Of?: 'content' | 'file'
  /** Maximum size of the inflated content, in bytes. Default: 2^30. */
  largest?: number
}

/**
 * Downloads a file, verifies it, moves it to its final name in one step and returns its inflated content. Node only.
 * Throws `DownloadError` with reason `unreachable`, `status`, `interrupted`, `aborted`, `truncated` or `checksum`, and
 * `FileError` if the file cannot be written. After all but `checksum`, the next call resumes the download.
 */
export async function downloadFile(download: FileDownload): Promise<Uint8Array<ArrayBuffer>> {
  const fs = builtin('node:fs/promises')!
  const { target } = download
  const part = `${target}.part`
  const start = await onDisk(part, 'written', async () => {
    await fs.mkdir(builtin('node:path')!.dirname(target), { recursive: true })
    return (await fs.stat(part).catch(absent))?.size ?? 0
  })
  const resumed = await transfer(download, part, start)
  let content = await verifiedContent(download, part)
  if (resumed && DownloadError.isInstance(content)) {
    // The new bytes did not continue the old ones, for example because the file changed at its source. Start again, once.
    await transfer(download, part, 0)
    content = await verifiedContent(download, part)
  }
  if (DownloadError.isInstance(content)) throw content
  await onDisk(target, 'written', () => fs.rename(part, target))
  return content
}

/** The inflated content of the partial file, or the error. A complete but wrong file is removed. */
async function verifiedContent(download: FileDownload, part: string): Promise<Uint8Array<ArrayBuffer> | DownloadError> {
  const fs = builtin('node:fs/promises')!
  const bytes = await onDisk(part, 'read', () => fs.readFile(part))
  const content = isGzip(bytes) ? await gunzip(bytes, part, download.largest).catch((error: DataError) => error) : bytes
  if (DataError.isInstance(content) && content.reason === 'truncated') {
    return new DownloadError(
      {
        reason: 'truncated',
        file: download.url,
        what: `The download of '${download.url}' ended too early.`,
        expected: 'a complete gzip file',
        received: `its first ${bytes.length} bytes`,
        fix: `Run again to continue from there. ${download.fix}`,
      },
      { cause: content },
    )
  }
  const sha256 = DataError.isInstance(content) ? undefined : sha256Of(download.sha256Of === 'file' ? bytes : content)
  if (!DataError.isInstance(content) && sha256 === download.sha256) return content
  await onDisk(part, 'written', () => fs.rm(part))
  return new DownloadError({
    reason: 'checksum',
    file: download.url,
    what: `The file from '${download.url}' is not the expected one. It was discarded.`,
    expected: `SHA-256 ${download.sha256} of the ${download.sha256Of === 'file' ? 'file' : 'inflated content'}`,
    received: sha256 ? `${sha256}, in ${bytes.length} bytes` : `${bytes.length} bytes that do not inflate`,
    fix: download.fix,
  })
}

/** SHA-256 as 64 hexadecimal digits. Node only. */
export function sha256Of(content: Uint8Array): string {
  return builtin('node:crypto')!.createHash('sha256').update(content).digest('hex')
}
