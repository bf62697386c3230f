/** `onebit plugins`: every name that recipes and flags take. */
import type { OptionRule, Paper, Plugin, Quantizer } from '@onebit/core'
import type { Command } from 'commander'
import { finishCommand, type Host } from '../command.ts'
import { countThresholds } from '../count-thresholds.ts'
import type { Shell } from '../shell.ts'
import { makeTable } from '../table.ts'

export interface PluginEntry {
  readonly kind: string
  readonly name: string
  readonly package: string | null
  readonly paper: Paper | null
  readonly options: Readonly<Record<string, OptionRule>>
  /** Quantizers only: what they quantize. */
  readonly for?: readonly string[]
  /** Quantizers only: how many thresholds decide a frozen bit. */
  readonly thresholds?: 'one' | 'several'
}

function entryOf(plugin: Plugin): PluginEntry {
  const { kind, name, options } = plugin
  const entry = { kind, name, package: plugin.package ?? null, paper: plugin.paper ?? null, options }
  if (kind !== 'quantizer') return entry
  const quantizer = plugin as Quantizer
  return { ...entry, for: quantizer.for, thresholds: countThresholds(quantizer) > 1 ? 'several' : 'one' }
}

export async function listPlugins(): Promise<PluginEntry[]> {
  const { defaultRegistry } = await import('../registry.ts')
  return defaultRegistry().list().map(entryOf)
}

function describeOption([name, rule]: [string, OptionRule]): string {
  const range = 'values' in rule ? ` (${rule.values.join(', ')})` : ''
  return `${name} = ${rule.default}${range}`
}

function describePaper(paper: Paper | null): string {
  if (!paper) return ''
  return `${paper.authors} ${paper.year}${paper.arxiv ? `\narXiv ${paper.arxiv}` : ''}`
}

function print(plugins: readonly PluginEntry[], shell: Shell): void {
  const table = makeTable(shell, ['kind', 'name', 'for', 'options and defaults', 'paper', 'package'])
  for (const plugin of plugins) {
    const targets = plugin.for
      ? `${plugin.for.join(', ')}\n${plugin.thresholds} threshold${plugin.thresholds === 'one' ? '' : 's'}`
      : ''
    table.push([
      plugin.kind,
      shell.colors.bold(plugin.name),
      targets,
      Object.entries(plugin.options).map(describeOption).join('\n'),
      describePaper(plugin.paper),
      plugin.package ?? '',
    ])
  }
  shell.print(table.toString())
}

export function addPlugins(program: Command, host: Host): void {
  const command = program.command('plugins').description('list quantizers, blocks, networks and heads with their options')
  finishCommand<readonly PluginEntry[]>(command, host, {
    examples: ['plugins', 'plugins --json'],
    run: () => listPlugins(),
    print,
  })
}
