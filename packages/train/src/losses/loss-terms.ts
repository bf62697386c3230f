/** The loss of a stage as a user writes it: names, names with options, or the plugins themselves, each with a weight. */
import {
  type AnyOptions,
  type Configured,
  completeOptions,
  type Distiller,
  type DistillerNames,
  type DistillerReference,
  type Loss,
  type LossNames,
  type LossReference,
  nearestNames,
  OptionError,
  PluginNotFoundError,
  type Registry,
  rules,
  type Task,
} from '@onebit/core'

/** The features to compare: outputs of a layer that student and teacher share, or of two layers with different names. */
export type Tap = string | { readonly name: string; readonly student: string; readonly teacher: string }

interface TermSettings {
  /** Factor of the term, at least 0. @default 1 */
  readonly weight?: number
  /** Layers whose outputs a distiller compares, at least one. Distillers that compare only final outputs take none. */
  readonly taps?: readonly Tap[]
}

type NamedTerm<Names> = {
  [Name in keyof Names & string]: { readonly name: Name } & Partial<Names[Name]> & TermSettings
}[keyof Names & string]

interface PluginTerm extends TermSettings {
  readonly plugin: Loss | Distiller
  readonly options?: AnyOptions
}

/** A loss or a distiller. `weight` and `taps` belong to the term; all other keys are options of the plugin. */
export type LossTerm = LossReference | DistillerReference | NamedTerm<LossNames> | NamedTerm<DistillerNames> | PluginTerm

/** A term with its plugin resolved. */
export type ResolvedTerm =
  | (Configured<Loss> & { readonly weight?: number })
  | (Configured<Distiller> & { readonly weight?: number; readonly taps: readonly Tap[] })

export function isDistilled(term: ResolvedTerm): term is Extract<ResolvedTerm, { plugin: Distiller }> {
  return term.plugin.kind === 'distiller'
}

export const tapName = (tap: Tap): string => (typeof tap === 'string' ? tap : tap.name)

/** The layer that a tap reads in the student or in the teacher. */
export const tappedLayer = (tap: Tap, side: 'student' | 'teacher'): string => (typeof tap === 'string' ? tap : tap[side])

/** The layers that terms read in the student or in the teacher, each once. */
export function layersTapped(terms: readonly ResolvedTerm[], side: 'student' | 'teacher'): string[] {
  return [...new Set(terms.flatMap((term) => (isDistilled(term) ? term.taps.map((tap) => tappedLayer(tap, side)) : [])))]
}

interface TermParts extends TermSettings {
  readonly plugin: Loss | Distiller
  readonly options: AnyOptions
}

function isPlugin(value: unknown): value is Loss | Distiller {
  return typeof value === 'object' && value !== null && 'kind' in value && 'options' in value
}

/** Looks a name up in the losses of the task, then in the losses of the registry, then in its distillers. */
function findPlugin(name: string, { task, registry }: ResolveOptions): Loss | Distiller {
  const known = [...task.losses, ...registry.list('loss'), ...registry.list('distiller')] as (Loss | Distiller)[]
  const found = known.find((plugin) => plugin.name === name)
  if (found) return found
  const names = known.map((plugin) => plugin.name)
  const [nearest] = nearestNames(name, names)
  throw new PluginNotFoundError({
    what: `There is no loss or distiller named '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${names.join(', ')}.`,
  })
}

function partsOf(term: LossTerm, options: ResolveOptions): TermParts {
  if (typeof term === 'string') return { plugin: findPlugin(term, options), options: {} }
  if (isPlugin(term)) return { plugin: term, options: {} }
  if (typeof term === 'object' && term !== null && 'plugin' in term) return { ...term, options: term.options ?? {} }
  const { name, weight, taps, ...own } = term as { name: string } & TermSettings & AnyOptions
  return { plugin: findPlugin(name, options), options: own, weight, taps }
}

export interface ResolveOptions {
  readonly task: Task
  readonly registry: Registry
  readonly hasTeacher: boolean
  /** The stage's name at the beginning of error sentences: `Stage 'x'`. */
  readonly title: string
}

const { either, list, number, object, text } = rules
const tap = either(text, object({ name: text, student: text, teacher: text }))
const termRule = object({ taps: list(tap) }, { weight: number({ minimum: 0 }) })

/**
 * @throws PluginNotFoundError on an unknown name; OptionError on a bad option or weight, on missing or superfluous taps, and on a
 *   distiller without a teacher.
 */
export function resolveTerms(terms: readonly LossTerm[], options: ResolveOptions): ResolvedTerm[] {
  return terms.map((term) => {
    const { plugin, options: own, weight, taps = [] } = partsOf(term, options)
    const refuse = (what: string, expected: string, received?: string): never => {
      throw new OptionError({
        option: 'losses',
        what: `${options.title}: the ${plugin.kind} '${plugin.name}' ${what}.`,
        expected,
        received,
      })
    }
    const fault = termRule({ weight, taps })
    if (fault) refuse(`has a bad ${fault.at}`, fault.expected, fault.received)
    const complete = completeOptions(plugin, own)
    if (plugin.kind === 'loss') {
      if (taps.length > 0) refuse('reads no taps', 'a distiller', 'taps')
      return { plugin, options: complete, weight }
    }
    if (!options.hasTeacher) refuse('has no teacher to follow', `a 'teacher' beside the losses`)
    const readsTaps = plugin.compares !== 'outputs'
    if (readsTaps && taps.length === 0) refuse('has nothing to compare', 'at least one tap', 'no taps')
    if (!readsTaps && taps.length > 0) refuse('compares outputs and reads no taps', 'no taps', `${taps.length} taps`)
    return { plugin, options: complete, weight, taps }
  })
}
