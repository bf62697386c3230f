/** Saves a model so that no crash, full disk or Ctrl-C leaves a broken file under its name. */

import { OptionError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { checkArgument } from '../options/check-options.ts'
import { describeValue } from '../options/describe-value.ts'
import { text } from '../options/value-rules.ts'
import { fileError, nodeBuiltin } from '../platform/node-builtins.ts'
import { bytesOf } from '../platform/realms.ts'
import { writeModel } from './write-model.ts'

/**
 * Writes `bytes` to a file beside `path`, flushes it to the disk and renames it to `path`. The rename is atomic, so an earlier file at
 * `path` stays whole until then.
 * @throws FileError with advice; OptionError if `bytes` is not bytes. Either leaves an earlier file untouched.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  checkArgument('writeFileAtomically()', 'path', path, text)
  const content = bytesOf(bytes)
  if (!content) {
    throw new OptionError({
      what: `'${path}' is to be written of no bytes.`,
      expected: 'a Uint8Array',
      received: describeValue(bytes),
    })
  }
  const { open, realpath, rename, rm } = nodeBuiltin('node:fs/promises')
  const { basename, dirname, join } = nodeBuiltin('node:path')
  const target = await realpath(path).catch(() => path)
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw fileError(`'${path}' could not be written.`, error)
  }
}

/**
 * Writes the model file of a graph. Node only; elsewhere, offer the bytes of `writeModel` as a download.
 * @throws FileError if the file cannot be written; GraphError if the graph is invalid.
 */
export async function saveModel(graph: Graph, path: string): Promise<void> {
  await writeFileAtomically(path, writeModel(graph))
}
