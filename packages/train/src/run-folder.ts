/**
 * A run on disk: `model.json` and `weights.bin`, `log.jsonl` with one epoch per line, and `run.json` with recipe and results. An
 * unfinished run also has `checkpoints/`.
 */
import { appendFileSync } from 'node:fs'
import { mkdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileError, writeFileAtomically } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { CheckpointFolder } from './checkpoint/checkpoint-folder.ts'
import { RunError } from './errors.ts'
import type { EpochRecord, TrainListener } from './events.ts'
import type { OpenFolderOptions, RunStore } from './host.ts'
import { restoreWeights, saveLayersModel } from './model-files.ts'
import { RECORD, readRecord } from './read-run.ts'
import { lockFolder } from './run-lock.ts'
import type { RunRecord } from './run-record.ts'
import type { RunState } from './run-state.ts'

const LOG = 'log.jsonl'

/** Removes a folder and those above it up to `first`, as far as they are empty. */
async function removeEmpty(path: string, first: string): Promise<void> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const isGone = await rmdir(folder).then(
      () => true,
      () => false,
    )
    if (!isGone || folder === resolve(first)) return
  }
}

export class RunFolder implements RunStore {
  readonly path: string
  readonly checkpoints: CheckpointFolder<RunState>
  readonly release: () => Promise<void>

  private constructor(path: string, keep: number, release: () => Promise<void>) {
    this.path = path
    this.checkpoints = new CheckpointFolder(join(path, 'checkpoints'), keep)
    this.release = release
  }

  /**
   * Creates the folder if it is missing, and locks it against other processes until `release`. A folder that it created and that is
   * still empty then is removed: the run was refused before its first step.
   * @throws FileError if the folder cannot be made; RunError if another process trains into it.
   */
  static async open(path: string, { keep = 3, takeOver }: OpenFolderOptions = {}): Promise<RunFolder> {
    const made = await mkdir(path, { recursive: true }).catch((error: unknown) => {
      throw fileError(`The run folder '${path}' cannot be made.`, error)
    })
    const tidy = async (): Promise<void> => (made === undefined ? undefined : removeEmpty(path, made))
    const unlock = await lockFolder(path, { takeOver }).catch(async (error: unknown) => {
      await tidy()
      throw error
    })
    return new RunFolder(path, keep, async () => {
      await unlock()
      await tidy()
    })
  }

  /**
   * Makes room for a new run. It replaces a finished run; it replaces an unfinished one only with `overwrite`.
   * @throws RunError if there are checkpoints.
   */
  async clear(overwrite: boolean): Promise<void> {
    if (!overwrite && (await this.checkpoints.list()).length > 0) {
      throw new RunError({
        what: `'${this.path}' holds the checkpoints of a run that did not finish.`,
        fix: 'Continue it with `resume`, choose another folder, or give it up with `overwrite`.',
      })
    }
    await this.checkpoints.remove()
    for (const file of [RECORD, LOG]) await rm(join(this.path, file), { force: true })
  }

  /**
   * The record of a finished or interrupted run in the folder, or `undefined` if there is none.
   * @throws RunError if it is damaged; FileError if it cannot be read.
   */
  async record(): Promise<RunRecord | undefined> {
    return readRecord(this.path)
  }

  /** Appends each epoch to the log when it ends. */
  readonly listener: TrainListener = (event) => {
    if (event.type !== 'epoch') return
    const path = join(this.path, LOG)
    try {
      appendFileSync(path, `${JSON.stringify(event.record)}\n`)
    } catch (error) {
      throw fileError(`The log '${path}' could not be written.`, error)
    }
  }

  /** Cuts the log back to a checkpoint and drops the epochs after it. */
  async rewriteLog(records: readonly EpochRecord[]): Promise<void> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    await writeFileAtomically(join(this.path, LOG), new TextEncoder().encode(text))
  }

  restoreWeights(model: LayersModel): Promise<void> {
    return restoreWeights(model, this.path)
  }

  /** Saves the model first. The record comes last, because it says that the run is complete. */
  async finish(model: LayersModel, record: RunRecord): Promise<void> {
    const checksums = await saveLayersModel(model, this.path)
    const text = `${JSON.stringify({ ...record, checksums }, null, 2)}\n`
    await writeFileAtomically(join(this.path, RECORD), new TextEncoder().encode(text))
    if (!record.interrupted) await this.checkpoints.remove()
  }
}
