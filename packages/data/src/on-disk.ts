import { type FileError, fileError } from '@onebit/core'

/** Runs an operation on a file; its failure becomes a `FileError` that names the file. */
export async function onDisk<T>(path: string, action: 'read' | 'written', operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    throw diskError(path, action, cause as Error)
  }
}

/** What to throw when an operation on a file fails; it says what to do, as far as the system tells why. */
export function diskError(path: string, action: 'read' | 'written', cause: Error): FileError {
  return fileError(`'${path}' cannot be ${action}.`, cause)
}

/** Undefined for a file that does not exist; for `catch`. Any other failure is thrown on. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}
