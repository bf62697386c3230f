/** `onebit plugins`: every name that recipes and flags take. */
import type { OptionRule, Paper, Plugin, Quantizer } from '@onebit/core'
import type { Command } from 'commander'
import { finishCommand, type Host } from '../command.ts'
import type { Shell } from '../shell.ts'
import { type Column, printTable } from '../table.ts'

export interface PluginEntry {
  readonly kind: string
  readonly name: string
  readonly package: string | null
  readonly paper: Paper | null
  readonly options: Readonly<Record<string, OptionRule>>
  /** Quantizers only: what they quantize. */
  readonly for?: readonly string[]
  /** Quantizers only: how many thresholds a channel freezes to. */
  readonly thresholds?: 'one' | 'several' | 'none'
  /** Quantizers only: `symmetric` levels run on XNOR kernels, `own` ones may be uneven or more than two. */
  readonly levels?: 'symmetric' | 'own'
}

function entryOf(plugin: Plugin): PluginEntry {
  const { kind, name, options } = plugin
  const entry = { kind, name, package: plugin.package ?? null, paper: plugin.paper ?? null, options }
  if (kind !== 'quantizer') return entry
  const { for: targets, thresholds = 'one', levels = 'symmetric' } = plugin as Quantizer
  return { ...entry, for: targets, thresholds, levels }
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

/** What a quantizer freezes to. */
function describeForm({ thresholds, levels }: PluginEntry): string {
  if (thresholds === 'none') return 'real, for stages of training'
  return `${thresholds} threshold${thresholds === 'one' ? '' : 's'}${levels === 'own' ? ', own levels' : ''}`
}

const COLUMNS: readonly Column[] = [
  { title: 'kind' },
  { title: 'name' },
  { title: 'for', leaveOut: 1 },
  { title: 'options and defaults' },
  { title: 'paper', leaveOut: 2 },
]

function print(plugins: readonly PluginEntry[], shell: Shell): void {
  const { bold, dim } = shell.colors
  const rows = plugins.map((plugin) => [
    plugin.kind,
    `${bold(plugin.name)}${plugin.package ? `\n${dim(plugin.package)}` : ''}`,
    plugin.for ? `${plugin.for.join(', ')}\n${describeForm(plugin)}` : '',
    Object.entries(plugin.options).map(describeOption).join('\n'),
    describePaper(plugin.paper),
  ])
  printTable(shell, COLUMNS, rows)
}

export function addPlugins(program: Command, host: Host): void {
  const command = program
    .command('plugins')
    .description('list quantizers, blocks, networks, heads and distillers with their options')
  finishCommand(command, host, {
    examples: ['plugins', 'plugins --json'],
    run: () => listPlugins(),
    print,
  })
}
