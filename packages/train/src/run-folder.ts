/**
 * A run on disk: `model.json` and `weights.bin`, `log.jsonl` with one epoch a line, `run.json` with recipe and results; and while it is
 * unfinished `checkpoints/`.
 */
import { appendFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, writeFileAtomically } from '@onebit/core'
import type { Augmentation, ChannelNormalization, Normalization } from '@onebit/data'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { CheckpointFolder } from './checkpoint/checkpoint-folder.ts'
import type { Fingerprint } from './checkpoint/fingerprint.ts'
import { RunError } from './errors.ts'
import type { SamplePrediction } from './evaluate.ts'
import type { EpochRecord, LossPoint, TrainListener } from './events.ts'
import { saveLayersModel } from './model-files.ts'
import type { ResolvedStage } from './plan.ts'
import { RECORD, readRecord } from './read-run.ts'
import type { RunState } from './run-state.ts'

/** What `run.json` holds. */
export interface RunRecord {
  readonly onebit: 1
  readonly recipe: unknown
  readonly data: string
  readonly classes: readonly string[]
  /** How pixels became floats. */
  readonly normalization?: Normalization | ChannelNormalization
  /** How a picture became a test image, in order; absent where pictures have that size. */
  readonly preparation?: readonly Augmentation[]
  /** What subjects stand before, where that is alike in all images. */
  readonly background?: 'dark' | 'light'
  readonly options: {
    /** Of all stages. */
    readonly epochs: number
    readonly batchSize?: number
    /** Of the first stage, as are the two below. */
    readonly learningRate?: number
    readonly schedule?: string
    readonly seed?: number
  }
  /** Every stage with its defaults filled in; absent in runs of before there were stages. */
  readonly stages?: readonly Partial<ResolvedStage>[]
  readonly engine: string
  readonly interrupted: boolean
  readonly seconds: number
  readonly epochs: readonly EpochRecord[]
  readonly losses: readonly LossPoint[]
  readonly samples?: readonly SamplePrediction[]
  /** What the weights depend on; a resumed run has to have the same. */
  readonly fingerprint?: Fingerprint
  /** SHA-256 of `model.json` and `weights.bin`; absent in runs of before there were any. */
  readonly checksums?: Readonly<Record<string, string>>
}

const LOG = 'log.jsonl'

export class RunFolder {
  readonly path: string
  readonly checkpoints: CheckpointFolder<RunState>

  private constructor(path: string, keep: number) {
    this.path = path
    this.checkpoints = new CheckpointFolder(join(path, 'checkpoints'), keep)
  }

  /** @throws FileError if the folder cannot be made. */
  static async create(path: string, keep = 3): Promise<RunFolder> {
    try {
      await mkdir(path, { recursive: true })
    } catch (error) {
      throw fileError(`The run folder '${path}' cannot be made.`, error)
    }
    return new RunFolder(path, keep)
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

  /**
   * The record of a run that ended here, finished or not; `undefined` if none did.
   * @throws RunError if it is damaged; FileError if it cannot be read.
   */
  async record(): Promise<RunRecord | undefined> {
    return readRecord(this.path)
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

  /** Saves the model and then its record, which says that the run is complete. */
  async finish(model: LayersModel, record: RunRecord): Promise<void> {
    const checksums = await saveLayersModel(model, this.path)
    const text = `${JSON.stringify({ ...record, checksums }, null, 2)}\n`
    await writeFileAtomically(join(this.path, RECORD), new TextEncoder().encode(text))
    if (!record.interrupted) await this.checkpoints.remove()
  }
}
