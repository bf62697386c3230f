/** Reads the record of a run as untrusted input: every part is checked, and the files beside it must match its checksums. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkArgument, decodeJson, FileError, fileError } from '@onebit/core'
import { filledText } from './argument-rules.ts'
import { checkRunRecord } from './check-run-record.ts'
import { RunError } from './errors.ts'
import type { RunRecord } from './run-record.ts'
import { fromFirstRecord } from './run-record-1.ts'

/** File name of the record. */
export const RECORD = 'run.json'

/**
 * The record in a folder; undefined if there is none.
 * @throws RunError if it is damaged; FileError if it cannot be read.
 */
export async function readRecord(folder: string): Promise<RunRecord | undefined> {
  const path = join(folder, RECORD)
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileError(`'${path}' could not be read.`, error)
  }
  try {
    const record = checkRunRecord(decodeJson(bytes, path), path)
    return record.onebit === 1 ? fromFirstRecord(record) : record
  } catch (error) {
    if (!FileError.isInstance(error)) throw error
    throw new RunError({ ...error.parts, what: `The run '${path}' is damaged: it is not valid JSON.` }, { cause: error })
  }
}

/** The checksums that a run records of the files beside it. Empty if there is no run, or if it is older than checksums. */
export async function storedChecksums(folder: string): Promise<Readonly<Record<string, string>>> {
  return (await readRecord(folder))?.checksums ?? {}
}

/** @throws RunError if the folder holds no finished or interrupted run, or a damaged one; FileError if it cannot be read. */
export async function readRun(folder: string): Promise<RunRecord> {
  checkArgument('readRun()', 'folder', folder, filledText)
  const record = await readRecord(folder)
  if (record) return record
  throw new RunError({
    what: `There is no run in '${folder}'.`,
    expected: `a file ${RECORD}`,
    fix: 'Give the folder that `onebit train --out` wrote.',
  })
}
