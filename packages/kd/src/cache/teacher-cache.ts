/** The outputs of fixed teachers for the pictures of data sets, in a folder: `<key>.rows`, and `<key>.json` with their origin. */
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodeJson,
  FileError,
  fileError,
  readSource,
  sha256,
  type TeacherCache,
  type TeacherRows,
  type TeacherRowsKey,
  type TeacherRowsSize,
  writeFileAtomically,
} from '@onebit/core'
import { RowFile } from './row-file.ts'

const FORMAT = 'teacher-rows-1'

/** Writes the origin of the rows, or compares it with the file. */
async function describeRows(path: string, text: string, isNew: boolean): Promise<void> {
  const bytes = new TextEncoder().encode(`${text}\n`)
  if (isNew) return writeFileAtomically(path, bytes)
  if (JSON.stringify(decodeJson(await readSource(path), path)) === JSON.stringify(JSON.parse(text))) return
  throw new FileError({ what: `'${path}' describes another teacher.`, fix: 'Remove it and the .rows file beside it.' })
}

async function exists(path: string): Promise<boolean> {
  return open(path, 'r').then(
    async (file) => {
      await file.close()
      return true
    },
    () => false,
  )
}

/**
 * Stores values in a folder, and creates the folder if it is missing. Runs with the same teacher, pictures and engine share them,
 * even at the same time. It never removes a file, but you may remove the folder.
 */
export function teacherCache(folder: string): TeacherCache {
  return {
    async open(key: TeacherRowsKey, size: TeacherRowsSize): Promise<TeacherRows> {
      const text = JSON.stringify({ onebit: FORMAT, ...size, ...key }, null, 2)
      const name = sha256(new TextEncoder().encode(text)).slice(0, 32)
      try {
        await mkdir(folder, { recursive: true })
      } catch (error) {
        throw fileError(`The folder '${folder}' for what teachers give cannot be made.`, error)
      }
      const description = join(folder, `${name}.json`)
      await describeRows(description, text, !(await exists(description)))
      return RowFile.open(join(folder, `${name}.rows`), size)
    },
  }
}
