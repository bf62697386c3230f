/** Gives access to Node's own modules without an import, so a browser can import core. */

import { FileError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'

/** True in Node, and in other runtimes with Node's file functions. */
export function hasFiles(): boolean {
  return typeof process !== 'undefined' && typeof process.getBuiltinModule === 'function'
}

/**
 * @throws FileError outside Node.
 */
export function nodeBuiltin<Name extends 'node:fs/promises' | 'node:path' | 'node:url'>(
  name: Name,
): ReturnType<typeof process.getBuiltinModule<Name>> {
  if (!hasFiles()) {
    throw new FileError({
      what: 'There are no files here.',
      expected: 'Node 20.16 or newer',
      fix: 'Use a URL, or bytes that you hold.',
    })
  }
  return process.getBuiltinModule(name)
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path; there is no such file or folder.',
  EACCES: 'Check the permissions, or choose another folder.',
  EPERM: 'Check the permissions, or choose another folder.',
  EROFS: 'The file system is read-only; choose another folder.',
  ENOSPC: 'The disk is full; free some space and try again.',
  EDQUOT: 'Your disk quota is used up; free some space and try again.',
  EISDIR: 'The path is a folder; give the path of a file.',
  ENOTDIR: 'A part of the path is a file, not a folder.',
  EMFILE: 'Too many files are open; close some and try again.',
}

/** The FileError of a failed file operation, with advice by its code (a full disk, missing permissions). `what` is a full sentence. */
export function fileError(what: string, cause: unknown): FileError {
  const { code = '', message = describeValue(cause) } = (cause ?? {}) as { code?: string; message?: string }
  return new FileError({ what, received: message, fix: ADVICE[code] }, { cause })
}
