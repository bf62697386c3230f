/** The outputs of fixed teachers for the pictures of data sets, in a folder: `<key>.rows`, and `<key>.json` with their origin. */
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import {
  checkArguments,
  decodeJson,
  FileError,
  fileError,
  readSource,
  rules,
  sha256,
  type TeacherCache,
  type TeacherRows,
  type TeacherRowsKey,
  type TeacherRowsSize,
  writeFileAtomically,
} from '@onebit/core'
import { RowFile } from './row-file.ts'

const FORMAT = 'teacher-rows-1'

const keyRule = rules.object({ teacher: rules.json, data: rules.json, engine: rules.text, layout: rules.json })
const count = rules.integer({ minimum: 0, maximum: 2 ** 30 })
const sizeRule = rules.object({ pictures: count, rowLength: count })

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
 * @throws OptionError unless the folder is a path.
 */
export function teacherCache(folder: string): TeacherCache {
  checkArguments('teacherCache()', { folder: [folder, rules.rule('a path', (path) => typeof path === 'string' && path !== '')] })
  return {
    async open(key: TeacherRowsKey, size: TeacherRowsSize): Promise<TeacherRows> {
      checkArguments('open()', { key: [key, keyRule], size: [size, sizeRule] })
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
