import { type FileError, fileError } from '@onebit/core'

/** Runs an operation on a file. A failure becomes a `FileError` that names the file. */
export async function onDisk<T>(path: string, action: 'read' | 'written', operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    throw diskError(path, action, cause as Error)
  }
}

/** The error for a failed operation on a file. It says what to do, as far as the system states the reason. */
export function diskError(path: string, action: 'read' | 'written', cause: Error): FileError {
  return fileError(`'${path}' cannot be ${action}.`, cause)
}

/** For `catch`: returns undefined if the file does not exist, and rethrows any other error. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}
