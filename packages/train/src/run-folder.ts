/** A run on disk: `model.json` and `weights.bin`, `log.jsonl` with one event a line, `run.json` with recipe and results. */
import { appendFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FileError, writeFileAtomically } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { RunError } from './errors.ts'
import type { EpochRecord, LossPoint, TrainListener } from './events.ts'
import { saveLayersModel } from './model-files.ts'
import type { TrainOptions, TrainResult } from './train.ts'

/** What `run.json` holds. */
export interface RunRecord {
  readonly onebit: 1
  readonly recipe: unknown
  readonly data: string
  readonly classes: readonly string[]
  readonly options: {
    readonly epochs: number
    readonly batchSize?: number
    readonly learningRate?: number
    readonly schedule?: string
    readonly seed?: number
  }
  readonly engine: string
  readonly interrupted: boolean
  readonly seconds: number
  readonly epochs: readonly EpochRecord[]
  readonly losses: readonly LossPoint[]
}

export class RunFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** @throws FileError if the folder cannot be made. */
  static async create(path: string): Promise<RunFolder> {
    try {
      await mkdir(path, { recursive: true })
    } catch (error) {
      throw new FileError(
        { what: `The run folder '${path}' cannot be made: ${(error as Error).message}.`, fix: 'Choose another --out.' },
        { cause: error },
      )
    }
    return new RunFolder(path)
  }

  /** Appends every epoch to the log as it ends. */
  readonly listener: TrainListener = (event) => {
    if (event.type === 'epoch') appendFileSync(join(this.path, 'log.jsonl'), `${JSON.stringify(event.record)}\n`)
  }

  async finish(
    model: LayersModel,
    { data, epochs, batchSize, learningRate, schedule, seed, recipe }: TrainOptions,
    result: TrainResult,
  ): Promise<void> {
    await saveLayersModel(model, this.path)
    const record: RunRecord = {
      onebit: 1,
      recipe: recipe ?? null,
      data: data.name,
      classes: data.classes,
      options: { epochs, batchSize, learningRate, schedule, seed },
      ...result,
    }
    await writeFileAtomically(join(this.path, 'run.json'), new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`))
  }
}

/** @throws RunError if the folder holds no finished or interrupted run. */
export async function readRun(folder: string): Promise<RunRecord> {
  const path = join(folder, 'run.json')
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as RunRecord
    if (record.onebit !== 1)
      throw new RunError({
        what: `'${path}' is not a run of this version.`,
        expected: 'onebit: 1',
        received: JSON.stringify(record.onebit),
      })
    return record
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
