/**
 * Tar (POSIX ustar and its GNU form): a header of 512 bytes, then the file's content padded to a multiple of 512, and so on. Two
 * blocks of zeros end the archive. Only plain files are returned, and only the header's fields name, size, checksum and type are
 * read.
 */
import { DataError } from '../data-error.ts'

const BLOCK = 512

/**
 * The plain files of a tar archive by their paths, as views of `bytes`. `name` is the archive's name in errors.
 * Throws `DataError` with reason `tar` or `truncated`.
 */
export function readTar(bytes: Uint8Array<ArrayBuffer>, name: string): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const requireLength = (length: number): void => {
    if (bytes.length >= length) return
    throw new DataError({
      reason: 'truncated',
      file: name,
      what: `The tar archive '${name}' ends too early.`,
      expected: `at least ${length} bytes`,
      received: `${bytes.length} bytes`,
      fix: 'Get the file again.',
    })
  }
  for (let offset = 0; ; ) {
    requireLength(offset + BLOCK)
    const header = bytes.subarray(offset, offset + BLOCK)
    if (header.every((byte) => byte === 0)) return files
    requireChecksum(header, name, offset)
    const size = octal(header.subarray(124, 136))
    const start = offset + BLOCK
    requireLength(start + size)
    const type = header[156]
    if (type === 0 || type === 0x30) files.set(pathOf(header), bytes.subarray(start, start + size))
    offset = start + Math.ceil(size / BLOCK) * BLOCK
  }
}

/** The sum of the header's bytes, where its own field counts as spaces. */
function requireChecksum(header: Uint8Array, name: string, offset: number): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0)
  const stated = octal(header.subarray(148, 156))
  if (sum === stated) return
  throw new DataError({
    reason: 'tar',
    file: name,
    what: `'${name}' is not a tar archive, or it is damaged at byte ${offset}.`,
    expected: `a header with the checksum ${sum}`,
    received: `${stated}`,
    fix: 'Get the file again.',
  })
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}

const octal = (field: Uint8Array): number => Number.parseInt(text(field).trim() || '0', 8)

function pathOf(header: Uint8Array): string {
  const prefix = text(header.subarray(257, 262)) === 'ustar' && header[262] === 0 ? text(header.subarray(345, 500)) : ''
  return prefix ? `${prefix}/${text(header.subarray(0, 100))}` : text(header.subarray(0, 100))
}
