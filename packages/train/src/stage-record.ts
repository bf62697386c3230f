/** A stage as JSON, for `run.json` and for the fingerprint with which a resumed run is compared. */
import type { AnyOptions, JsonValue, Plugin } from '@onebit/core'
import { isDistilled } from './losses/loss-terms.ts'
import type { ResolvedGroup } from './optimizers/parameter-groups.ts'
import type { ResolvedStage } from './plan.ts'
import { describeTeacher } from './teacher/teacher-reference.ts'

/** A stage with its defaults filled in, plugins by name, and the settings of its task. */
export type StageRecord = { readonly name: string; readonly epochs: number } & Readonly<Record<string, JsonValue>>

/** A plugin by its name, with its options if it has any. */
function named(plugin: Plugin, options: AnyOptions, more: object = {}): JsonValue {
  const all = { ...(json(options) as object), ...more }
  return Object.keys(all).length === 0 ? plugin.name : { name: plugin.name, ...all }
}

/** The JSON form of a value. Plugins become their names. */
function json(value: unknown): JsonValue {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, entry) => {
      if (typeof entry === 'function') return `function ${entry.name}`
      if (typeof entry !== 'object' || entry === null) return entry
      if ('plugin' in entry) return named(entry.plugin, entry.options ?? {})
      return 'kind' in entry && 'options' in entry ? entry.name : entry
    }),
  )
}

/** A group as JSON: its weights, and the settings in which it differs from the stage. */
function groupRecord({ optimizer, decaysKernels, weightDecay, ...group }: ResolvedGroup): JsonValue {
  const own = decaysKernels ? {} : { weightDecay }
  return { ...(json({ ...group, ...own }) as object), optimizer: named(optimizer.plugin, optimizer.options) }
}

/**
 * Pictures are left out, because a reader who needs them has their source. The location of a teacher's stored outputs does not
 * change the run.
 */
export function stageRecord({
  optimizer,
  groups,
  initial,
  losses,
  settings,
  teacher,
  cacheTeacher: _,
  data: __,
  ...stage
}: ResolvedStage): StageRecord {
  return {
    ...(json(stage) as { name: string; epochs: number }),
    ...(teacher === undefined ? {} : { teacher: describeTeacher(teacher) }),
    optimizer: named(optimizer.plugin, optimizer.options),
    ...(initial.length > 0 && { initial: json(initial) }),
    ...(groups.length > 0 && { groups: groups.map(groupRecord) }),
    losses: losses.map((term) => {
      const taps = isDistilled(term) && term.taps.length > 0 ? { taps: json(term.taps) } : {}
      return named(term.plugin, term.options, { ...(term.weight === undefined ? {} : { weight: term.weight }), ...taps })
    }),
    ...(json(settings) as object),
  } as StageRecord
}
