/** `onebit plugins`: lists every name that recipes and flags accept. */
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
  /** For quantizers: the sides that they quantize. */
  readonly for?: readonly string[]
  /** For quantizers: the number of thresholds per channel in the frozen form. */
  readonly thresholds?: 'one' | 'several' | 'none'
  /** For quantizers: `symmetric` levels run on XNOR kernels, `own` levels may be uneven or more than two. */
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
  /** Packages, paths or URLs of plugin modules, beside the built-in ones. */
  readonly plugins?: readonly string[]
}

/** @throws PluginLoadError, DuplicatePluginError */
export async function listPlugins(options?: ListPluginsOptions): Promise<PluginEntry[]> {
  const { plugins = [] } = checkOptions('listPlugins()', options, { plugins: argument.names })
  const registry = defaultRegistry((await loadPlugins(plugins)).plugins)
  // The definition of a task lists its losses. Recipes name them like other losses.
  const losses = new Set((registry.list('task') as readonly Task[]).flatMap((task) => task.losses))
  return [...registry.list(), ...losses].map(entryOf)
}

/** `scale = per-channel (per-channel, per-tensor)`. An option without a default is either optional or required. */
function describeOption([name, rule]: [string, OptionRule]): string {
  const range = 'values' in rule ? ` (${rule.values.join(', ')})` : ''
  if (rule.default !== undefined) return `${name} = ${JSON.stringify(rule.default).replaceAll('"', '')}${range}`
  return `${name}${range}${rule.optional ? ', optional' : ', required'}`
}

function describePaper(paper: Paper | null): string[] {
  if (!paper) return []
  return [`${paper.authors} ${paper.year}`, ...(paper.arxiv ? [`arXiv ${paper.arxiv}`] : [])]
}

/** Describes the frozen form of a quantizer. */
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
      'Quantizers, blocks, networks, heads, tasks, losses, distillers, optimizers, data sets, augmentations and backends, from Onebit and from the packages of --plugin.',
    run: (_, flags: object) => listPlugins(flags),
    print,
  })
}
