/**
 * A run on disk: `model.json` and `weights.bin`, `log.jsonl` with one epoch a line, `run.json` with recipe and results; and while it is
 * unfinished `checkpoints/`.
 */
import { appendFileSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, writeFileAtomically } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { CheckpointFolder } from './checkpoint/checkpoint-folder.ts'
import { RunError } from './errors.ts'
import type { EpochRecord, TrainListener } from './events.ts'
import type { RunStore } from './host.ts'
import { restoreWeights, saveLayersModel } from './model-files.ts'
import { lockFolder } from './run-lock.ts'
import type { RunRecord } from './run-record.ts'
import { type FirstRunRecord, fromFirstRecord } from './run-record-1.ts'
import type { RunState } from './run-state.ts'

const RECORD = 'run.json'
const LOG = 'log.jsonl'

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
   * Makes the folder if it is missing, and keeps other processes from training into it until `release`.
   * @throws FileError if the folder cannot be made; RunError if another process trains into it.
   */
  static async open(path: string, keep = 3): Promise<RunFolder> {
    try {
      await mkdir(path, { recursive: true })
    } catch (error) {
      throw fileError(`The run folder '${path}' cannot be made.`, error)
    }
    return new RunFolder(path, keep, await lockFolder(path))
  }

  /**
   * Makes room for a new run. A finished run is replaced; unfinished work only if `overwrite` says so.
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

  /** The record of a run that ended here, finished or not; `undefined` if none did. */
  async record(): Promise<RunRecord | undefined> {
    const text = await readFile(join(this.path, RECORD), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : asRecord(JSON.parse(text), join(this.path, RECORD))
  }

  /** Appends every epoch to the log as it ends. */
  readonly listener: TrainListener = (event) => {
    if (event.type !== 'epoch') return
    const path = join(this.path, LOG)
    try {
      appendFileSync(path, `${JSON.stringify(event.record)}\n`)
    } catch (error) {
      throw fileError(`The log '${path}' could not be written.`, error)
    }
  }

  /** The log of a run that goes back to a checkpoint: epochs after it never happened. */
  async rewriteLog(records: readonly EpochRecord[]): Promise<void> {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    await writeFileAtomically(join(this.path, LOG), new TextEncoder().encode(text))
  }

  restoreWeights(model: LayersModel): Promise<void> {
    return restoreWeights(model, this.path)
  }

  /** Saves the model and then its record, which says that the run is complete. */
  async finish(model: LayersModel, record: RunRecord): Promise<void> {
    await saveLayersModel(model, this.path)
    await writeFileAtomically(join(this.path, RECORD), new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`))
    if (!record.interrupted) await this.checkpoints.remove()
  }
}

/** A record of this version, or of the one before it. @throws RunError if it is of neither. */
function asRecord(record: RunRecord | FirstRunRecord, path: string): RunRecord {
  if (record.onebit === 2) return record
  if (record.onebit === 1) return fromFirstRecord(record)
  throw new RunError({
    what: `'${path}' is not a run of this version.`,
    expected: 'onebit: 2, or 1',
    received: JSON.stringify((record as { onebit?: unknown }).onebit),
  })
}

/** @throws RunError if the folder holds no finished or interrupted run. */
export async function readRun(folder: string): Promise<RunRecord> {
  const path = join(folder, RECORD)
  try {
    return asRecord(JSON.parse(await readFile(path, 'utf8')), path)
  } catch (error) {
    if (RunError.isInstance(error)) throw error
    throw new RunError(
      {
        what: `There is no run in '${folder}': ${(error as Error).message}.`,
        fix: 'Give the folder that `onebit train --out` wrote.',
      },
      { cause: error },
    )
  }
}
