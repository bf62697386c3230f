/** `onebit plugins`: every name that recipes and flags take. */
import { checkOptions, type OptionRule, type Paper, type Plugin, type Quantizer, type Task } from '@onebit/core'
import type { Command } from 'commander'
import * as argument from '../argument-rules.ts'
import { finishCommand, type Host } from '../command.ts'
import { loadPlugins } from '../plugins/load-plugins.ts'
import { defaultRegistry } from '../registry.ts'
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

export interface ListPluginsOptions {
  /** Packages, paths or URLs of modules of plugins, beside what ships. */
  readonly plugins?: readonly string[]
}

/** @throws PluginLoadError, DuplicatePluginError */
export async function listPlugins(options?: ListPluginsOptions): Promise<PluginEntry[]> {
  const { plugins = [] } = checkOptions('listPlugins()', options, { plugins: argument.names })
  const registry = defaultRegistry((await loadPlugins(plugins)).plugins)
  // Losses of a task stand in its definition; recipes name them as they name the others.
  const losses = new Set((registry.list('task') as readonly Task[]).flatMap((task) => task.losses))
  return [...registry.list(), ...losses].map(entryOf)
}

/** `scale = per-channel (per-channel, per-tensor)`; what has no default may be left out, or must be given. */
function describeOption([name, rule]: [string, OptionRule]): string {
  const range = 'values' in rule ? ` (${rule.values.join(', ')})` : ''
  if (rule.default !== undefined) return `${name} = ${JSON.stringify(rule.default).replaceAll('"', '')}${range}`
  return `${name}${range}${rule.optional ? ', optional' : ', required'}`
}

function describePaper(paper: Paper | null): string[] {
  if (!paper) return []
  return [`${paper.authors} ${paper.year}`, ...(paper.arxiv ? [`arXiv ${paper.arxiv}`] : [])]
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
  { title: 'options and defaults', wraps: true },
  { title: 'paper', leaveOut: 2 },
]

function print(plugins: readonly PluginEntry[], shell: Shell): void {
  const { bold, dim } = shell.colors
  const rows = plugins.map((plugin) => [
    plugin.kind,
    plugin.package ? [bold(plugin.name), dim(plugin.package)] : bold(plugin.name),
    plugin.for ? [plugin.for.join(', '), describeForm(plugin)] : '',
    Object.entries(plugin.options).map(describeOption),
    describePaper(plugin.paper),
  ])
  printTable(shell, COLUMNS, rows)
}

export function addPlugins(command: Command, host: Host): void {
  finishCommand(command, host, {
    examples: ['plugins', 'plugins --json', 'plugins --plugin onebit-plugin-counting'],
    notes:
      'Quantizers, blocks, networks, heads, tasks, losses, distillers, optimizers, data sets, augmentations and backends, of Onebit and of the packages under --plugin.',
    run: (_, flags: object) => listPlugins(flags),
    print,
  })
}
