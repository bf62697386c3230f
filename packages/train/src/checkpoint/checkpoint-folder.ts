/**
 * The checkpoints of a run: `checkpoints/00000118.safetensors`, named by the number of steps done. Only the last few are kept.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError, writeFileAtomically } from '@onebit/core'
import { CheckpointError } from './checkpoint-error.ts'
import { type CheckpointContent, decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts'

const NAME = /^\d{8,}\.safetensors$/
/** A temporary file that `writeFileAtomically` leaves behind if the process is killed while it writes. */
const LEFTOVER = /^\..*\.tmp$/

export class CheckpointFolder<State> {
  readonly path: string
  readonly #keep: number

  /** @param keep How many to keep: an integer of at least 1. */
  constructor(path: string, keep: number) {
    this.path = path
    this.#keep = keep
  }

  /** File names, the newest first. */
  async list(): Promise<string[]> {
    const names = await readdir(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw new FileError(
        {
          what: `The folder '${this.path}' cannot be read.`,
          received: error.message,
          fix: 'Check the permissions, and that it is a folder; or choose another folder.',
        },
        { cause: error },
      )
    })
    return names.filter((name) => NAME.test(name)).sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
  }

  /**
   * Writes a checkpoint, then removes all but the last few. If the process is killed at any instant, the earlier ones are still
   * there.
   * @returns the path of the file.
   * @throws FileError if it cannot be written; the earlier checkpoints stay whole.
   */
  async save(step: number, content: CheckpointContent<State>): Promise<string> {
    try {
      await mkdir(this.path, { recursive: true })
    } catch (error) {
      throw new FileError(
        {
          what: `The folder '${this.path}' cannot be made.`,
          received: (error as Error).message,
          fix: 'Check the permissions and the space on the disk, or choose another folder.',
        },
        { cause: error },
      )
    }
    const file = join(this.path, `${String(step).padStart(8, '0')}.safetensors`)
    await writeFileAtomically(file, encodeCheckpoint(content))
    for (const old of (await this.list()).slice(this.#keep)) await rm(join(this.path, old), { force: true })
    return file
  }

  /**
   * The newest checkpoint that is whole, or `undefined` if there are no checkpoints.
   * @param warn Called for every damaged checkpoint that is skipped.
   * @throws CheckpointError if there are checkpoints and all are damaged.
   */
  async latest(warn: (message: string) => void): Promise<(CheckpointContent<State> & { readonly file: string }) | undefined> {
    const names = await this.list()
    let last: unknown
    for (const name of names) {
      const file = join(this.path, name)
      try {
        const content = decodeCheckpoint<State>(await readFile(file), file)
        if (last) warn(`Continuing from the checkpoint before it, '${file}'.`)
        return { ...content, file }
      } catch (error) {
        last = error
        warn((error as Error).message)
      }
    }
    if (names.length === 0) return undefined
    throw new CheckpointError(
      {
        what: `None of the ${names.length} checkpoints in '${this.path}' can be read.`,
        fix: 'Restore them from a copy, or start over with `overwrite`.',
      },
      { cause: last },
    )
  }

  /** Removes files that a killed process left half-written. */
  async sweep(): Promise<void> {
    const names = await readdir(this.path).catch(() => [])
    for (const name of names.filter((entry) => LEFTOVER.test(entry))) await rm(join(this.path, name), { force: true })
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
