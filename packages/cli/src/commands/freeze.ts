/** `onebit freeze`: writes a run as one file of packed bits. */
import { join } from 'node:path'
import { checkArgument, checkOptions, costOf, type ValueRules } from '@onebit/core'
import type { Command } from 'commander'
import * as argument from '../argument-rules.ts'
import { finishCommand, type Host } from '../command.ts'
import { formatBytes } from '../format.ts'
import { freezeRunFolder } from '../freeze-run.ts'
import { protectFiles } from '../output-file.ts'
import { Shell } from '../shell.ts'
import { runFiles } from '../train/run-place.ts'

export interface FreezeRunOptions {
  /** The run folder. */
  readonly run: string
  /** Default: `model.safetensors` in the run folder. */
  readonly out?: string
  /** Packages, paths or URLs of plugin modules, beside those that the run's recipe names. */
  readonly plugins?: readonly string[]
}

const OPTIONS: ValueRules<keyof FreezeRunOptions> = {
  run: argument.localPath,
  out: argument.localPath,
  plugins: argument.names,
}

export interface FreezeRunResult {
  readonly file: string
  readonly bytes: number
  /** Size of the parameters alone as float32. */
  readonly floatBytes: number
  readonly parameters: { readonly binary: number; readonly real: number }
}

/**
 * @throws RunError if the folder holds no run; UsageError if `out` is a file of the run; FreezeError; FileError if the file cannot be written, and then the old file stays.
 */
export async function freezeRun(options: FreezeRunOptions, shell = new Shell()): Promise<FreezeRunResult> {
  checkArgument('freezeRun()', 'shell', shell, argument.shell)
  const { run, out, plugins } = checkOptions('freezeRun()', options, OPTIONS, ['run'])
  await protectFiles('--out', out, runFiles(run))
  const frozen = await freezeRunFolder(run, plugins)
  const file = out ?? join(run, 'model.safetensors')
  if (frozen.run.interrupted) shell.note(`'${run}' was interrupted; freezing its last weights`)
  await frozen.save(file)
  const { fileBytes, floatMemoryBits, parameters } = costOf(frozen.graph).total
  return { file, bytes: fileBytes, floatBytes: floatMemoryBits / 8, parameters }
}

function print({ file, bytes, floatBytes }: FreezeRunResult, shell: Shell): void {
  const ratio = (floatBytes / bytes).toFixed(1)
  shell.print(
    `saved ${shell.colors.bold(file)}  ${formatBytes(bytes)}, ${ratio}x smaller than its parameters as float32 (${formatBytes(floatBytes)})`,
  )
}

export function addFreeze(command: Command, host: Host): void {
  command
    .argument('<run>', 'a run folder from `onebit train`')
    .option('--out <file>', 'default: model.safetensors in the run folder')
  finishCommand(command, host, {
    examples: ['freeze runs/first --out first.safetensors'],
    notes:
      'The file states its task with its facts about the data, the preparation of pictures, its data set and its recipe. So `onebit run` and `onebit eval` need nothing else.',
    run: ([run], flags: { out?: string }, shell) => freezeRun({ ...flags, run }, shell),
    print,
  })
}
