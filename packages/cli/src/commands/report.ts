/** `onebit report`: writes a run as one HTML page that opens offline. */
import { basename, join, resolve } from 'node:path'
import { checkOptions, costOf, type Graph, type ValueRules, writeFileAtomically } from '@onebit/core'
import { type ReportSection, renderReport } from '@onebit/train'
import type { Command } from 'commander'
import * as argument from '../argument-rules.ts'
import { finishCommand, type Host } from '../command.ts'
import { formatBytes, formatLarge } from '../format.ts'
import { freezeRunFolder } from '../freeze-run.ts'
import { protectFiles } from '../output-file.ts'
import type { Shell } from '../shell.ts'
import { runFiles } from '../train/run-place.ts'

export interface ReportRunOptions {
  /** The run folder. */
  readonly run: string
  /** Default: `report.html` in the run folder. */
  readonly out?: string
  /** Packages, paths or URLs of plugin modules, beside those that the run's recipe names. */
  readonly plugins?: readonly string[]
}

const OPTIONS: ValueRules<keyof ReportRunOptions> = {
  run: argument.localPath,
  out: argument.localPath,
  plugins: argument.names,
}

export interface ReportRunResult {
  /** Absolute path. */
  readonly file: string
}

function networkSection(graph: Graph): ReportSection {
  const { total } = costOf(graph)
  return {
    title: 'Frozen network',
    note: 'The size and cost of the frozen network. BOPs and FLOPs are for one picture.',
    columns: ['1-bit parameters', 'real parameters', 'size of the file', 'all parameters as float32', 'BOPs', 'FLOPs'],
    rows: [
      [
        formatLarge(total.parameters.binary),
        formatLarge(total.parameters.real),
        formatBytes(total.fileBytes),
        formatBytes(total.floatMemoryBits / 8),
        formatLarge(total.bops),
        formatLarge(total.flops),
      ],
    ],
  }
}

/**
 * @throws RunError if the folder holds no run; UsageError if `out` is a file of the run; FileError if the page cannot be written.
 */
export async function reportRun(options: ReportRunOptions): Promise<ReportRunResult> {
  const { run: folder, out, plugins } = checkOptions('reportRun()', options, OPTIONS, ['run'])
  await protectFiles('--out', out, runFiles(folder))
  const { run, graph } = await freezeRunFolder(folder, plugins)
  const html = renderReport(basename(resolve(folder)), run, [networkSection(graph)])
  const file = resolve(out ?? join(folder, 'report.html'))
  await writeFileAtomically(file, new TextEncoder().encode(html))
  return { file }
}

export function addReport(command: Command, host: Host): void {
  command.argument('<run>', 'a run folder from `onebit train`').option('--out <file>', 'default: report.html in the run folder')
  finishCommand(command, host, {
    examples: ['report runs/first'],
    run: ([run], flags: { out?: string }) => reportRun({ ...flags, run }),
    print: ({ file }, shell: Shell) => shell.print(`saved ${shell.colors.bold(file)}`),
  })
}
